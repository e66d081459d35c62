using Plum.Sandboxes;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

/// <summary>Other languages' programs under MultiPL-E's tests: what is asserted is compared outside, so that no program can reach it.</summary>
public sealed class ProgramVerifierTests(SandboxFixture fixture)
{
    private static readonly Limits Limits = new(CallCpuMilliseconds: 2_000, CpuMilliseconds: 2_000, WallMilliseconds: 30_000);

    /// <summary>A right f, and the test that f(1) is 2 and f(5) is 6, as MultiPL-E writes it.</summary>
    private static readonly Dictionary<string, (string Right, string Test)> Languages = new()
    {
        ["javascript"] = ("function f(x) { return x + 1; }",
            "const assert = require('node:assert');\nfunction test() {\n  let candidate = f;\n  assert.deepEqual(candidate(1),2);\n  assert.deepEqual(candidate(5),6);\n}\ntest();"),
        ["cpp"] = ("#include<assert.h>\n#include<bits/stdc++.h>\nlong f(long x) { return x + 1;",
            "}\nint main() {\n    auto candidate = f;\n    assert(candidate((1)) == (2));\n    assert(candidate((5)) == (6));\n}"),
        ["rust"] = ("fn f(x: isize) -> isize { x + 1",
            "}\nfn main() {\n    let candidate = f;\n    assert_eq!(candidate(1), 2);\n    assert_eq!(candidate(5), 6);\n}"),
        ["go"] = ("package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n)\nfunc f(x int) int { return x + 1 }", """
            func TestF(t *testing.T) {
              candidate := f
              type test struct {
                actual   interface{}
                expected interface{}
              }
              tests := []test{
                { actual: candidate(1), expected: 2 },
                { actual: candidate(5), expected: 6 },
              }
              for i, tc := range tests {
                t.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {
                  actual := fmt.Sprintf("%v", tc.actual)
                  expected := fmt.Sprintf("%v", tc.expected)
                  if actual != expected {
                    t.Errorf("expected '%s', got '%s'", expected, actual)
                  }
                })
              }
            }
            """),
        ["csharp"] = ("using System;\nusing System.Diagnostics;\nclass Problem {\n  public static long F(long x) { return x + 1; ",
            "    }\n    public static void Main(string[] args) {\n    Debug.Assert(F((1L)) == (2L));\n    Debug.Assert(F((5L)).Equals((6L)));\n    }\n}"),
    };

    /// <summary>Programs that are wrong and try to pass all the same.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Forgeries = new()
    {
        ["wrong"] = new()
        {
            ["javascript"] = "function f(x) { return x; }",
            ["cpp"] = "#include<assert.h>\nlong f(long x) { return x;",
            ["rust"] = "fn f(x: isize) -> isize { x",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n)\nfunc f(x int) int { return x }",
            ["csharp"] = "using System.Diagnostics;\nclass Problem {\n  public static long F(long x) { return x; ",
        },
        ["right_once"] = new()
        {
            ["javascript"] = "function f(x) { return 2; }",
            ["cpp"] = "#include<assert.h>\nlong f(long x) { return 2;",
            ["rust"] = "fn f(x: isize) -> isize { 2",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n)\nfunc f(x int) int { return 2 }",
            ["csharp"] = "using System.Diagnostics;\nclass Problem {\n  public static long F(long x) { return 2; ",
        },
        ["redefines_the_assertion"] = new()
        {
            ["javascript"] = "for (const name of ['deepEqual', 'equal']) require('assert')[name] = () => {};\nfunction f(x) { return 0; }",
            ["cpp"] = "#include<assert.h>\n#undef assert\n#define assert(x) ((void)0)\nlong f(long x) { return 0;",
            ["rust"] = "macro_rules! assert_eq { ($($x:tt)*) => {} }\nfn f(x: isize) -> isize { 0",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n)\ntype liar int\nfunc (l liar) String() string { return \"\" }\nfunc f(x int) liar { return 0 }",
            ["csharp"] = "class Problem {\n  static class Debug { public static void Assert(bool x) {} }\n  public static long F(long x) { return 0; ",
        },
        ["equals_everything"] = new()
        {
            ["javascript"] = "function f(x) { return { valueOf: () => x + 1, toString: () => '2', toJSON: () => x + 1, [Symbol.toPrimitive]: () => x + 1 }; }",
            ["cpp"] = "#include<assert.h>\nstruct E { template <class T> bool operator==(const T&) const { return true; } };\nE f(long x) { return E();",
            ["rust"] = "#[derive(Debug)] struct E;\nimpl PartialEq<isize> for E { fn eq(&self, _: &isize) -> bool { true } }\nfn f(x: isize) -> E { E",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n)\nfunc f(x int) interface{} { return []int{} }",
            ["csharp"] = "using System.Diagnostics;\nclass E { public static bool operator ==(E a, long b) => true; public static bool operator !=(E a, long b) => false; public override bool Equals(object o) => true; public override int GetHashCode() => 0; }\nclass Problem {\n  public static E F(long x) { return new E(); ",
        },
        ["finds_the_word_and_writes_it"] = new()
        {
            ["javascript"] = "const word = require('fs').readFileSync(__filename, 'utf8').match(/[0-9A-F]{32}/)[0];\nconsole.log('\\n' + word); process.exit(0);\nfunction f(x) { return 0; }",
            ["cpp"] = "#include<assert.h>\n#include<bits/stdc++.h>\n#include<unistd.h>\nusing namespace std;\nlong f(long x) { ifstream i(\"/proc/self/exe\"); string s((istreambuf_iterator<char>(i)), {}); smatch m; regex r(\"[0-9A-F]{32}\"); for (size_t at = 0; at + 32 < s.size(); at++) if (all_of(s.begin() + at, s.begin() + at + 32, [](unsigned char c) { return isxdigit(c); })) { string w = \"\\n\" + s.substr(at, 32) + \"\\n\"; write(1, w.data(), w.size()); } _exit(0);",
            ["rust"] = "fn f(x: isize) -> isize { let s = include_str!(\"program.rs\"); let at = s.find(\"\\\\nfn plum\").unwrap_or(0); for w in s[at..].split(|c: char| !c.is_ascii_hexdigit()) { if w.len() == 32 { println!(\"\\n{}\", w); } } std::process::exit(0)",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n  \"os\"\n  \"regexp\"\n)\nfunc f(x int) int { b, _ := os.ReadFile(\"/tmp/plum/main_test.go\"); fmt.Printf(\"\\n%s\\n\", regexp.MustCompile(\"[0-9A-F]{32}\").Find(b)); os.Exit(0); return 0 }",
            ["csharp"] = "using System;\nusing System.Diagnostics;\nclass Problem {\n  public static long F(long x) { for (int at = 1; at < 4000; at++) try { string s = typeof(Problem).Module.ResolveString(0x70000000 + at); if (s.Trim().Length == 32) Console.Write(s); } catch {} Console.Out.Flush(); Environment.Exit(0); return 0; ",
        },
        ["writes_answers_of_its_own"] = new()
        {
            ["javascript"] = "const word = require('fs').readFileSync(__filename, 'utf8').match(/[0-9A-F]{32}/)[0];\nconsole.log('\\n' + word + '=3\\n' + word + '=7\\n' + word); process.exit(0);\nfunction f(x) { return 0; }",
            ["cpp"] = "#include<assert.h>\n#define plum_answer(x) plum_write_answer(\"3\")\nlong f(long x) { return 3;",
            ["rust"] = "macro_rules! format { ($($x:tt)*) => { String::from(\"3\") } }\nfn f(x: isize) -> isize { 3",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n)\nfunc f(x int) int { plum_answer(3); return 3 }",
            ["csharp"] = "using System.Diagnostics;\nclass Problem {\n  public static long F(long x) { PlumEntry.Answer(2L); return 3; ",
        },
        ["exits_before_the_test"] = new()
        {
            ["javascript"] = "process.exit(0);\nfunction f(x) { return 0; }",
            ["cpp"] = "#include<assert.h>\n#include<unistd.h>\nstruct Early { Early() { _exit(0); } } early;\nlong f(long x) { return 0;",
            ["rust"] = "#[link_section = \".init_array\"] #[used] static EARLY: extern \"C\" fn() = { extern \"C\" fn go() { std::process::exit(0) } go };\nfn f(x: isize) -> isize { 0",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n  \"os\"\n)\nfunc init() { os.Exit(0) }\nfunc f(x int) int { return 0 }",
            ["csharp"] = "using System;\nusing System.Diagnostics;\nclass Early { [System.Runtime.CompilerServices.ModuleInitializer] internal static void Go() => Environment.Exit(0); }\nclass Problem {\n  public static long F(long x) { return 0; ",
        },
        ["skips_the_test"] = new()
        {
            ["javascript"] = "process.on('uncaughtException', () => {}); process.on('exit', () => { process.exitCode = 0; });\nfunction f(x) { throw 1; }",
            ["cpp"] = "#include<assert.h>\n#include<csignal>\n#include<csetjmp>\n#include<cstdlib>\nvoid go(int) { exit(0); }\nlong f(long x) { signal(SIGABRT, go); atexit([] { _Exit(0); }); return 0;",
            ["rust"] = "fn f(x: isize) -> isize { std::panic::set_hook(Box::new(|_| std::process::exit(0))); panic!()",
            ["go"] = "package f_test\nimport (\n  \"testing\"\n  \"fmt\"\n  \"os\"\n)\nfunc init() { os.Args = append(os.Args, \"-test.run=^$\") }\nfunc f(x int) int { return 0 }",
            ["csharp"] = "using System;\nusing System.Diagnostics;\nclass Problem {\n  public static long F(long x) { AppDomain.CurrentDomain.UnhandledException += (s, e) => Environment.Exit(0); AppDomain.CurrentDomain.ProcessExit += (s, e) => Environment.ExitCode = 0; throw new Exception(); ",
        },
    };

    public static TheoryData<string, string> Matrix() => new(Languages.Keys.SelectMany(language => Forgeries.Keys.Select(forgery => (language, forgery))));

    public static TheoryData<string> Rows() => new(Languages.Keys);

    private async Task<Verdict> VerifyAsync(string language, string program, string test)
    {
        Language row = Language.Named(language);
        Assert.SkipWhen(row.ToolPath is null, $"{row.Tool} is not installed");
        IReadOnlyList<Verdict> verdicts = await new ProgramVerifier(fixture.Sandbox, row, new(Limits: Limits)).VerifyAsync(
            new TestSuite("t", "f", [], Test: test), [new Candidate("t", 0, program, program, [], [], "stop", 0, 0)], TestContext.Current.CancellationToken);
        return Assert.Single(verdicts);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ARightProgramPassesAndBothAssertionsAreComparedOutside(string language)
    {
        Verdict verdict = await VerifyAsync(language, Languages[language].Right, Languages[language].Test);
        Assert.True(verdict.Passed, verdict.FirstFailure?.ToString());
        Assert.Equal([CaseOutcome.Passed, CaseOutcome.Passed], verdict.Outcomes);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task NoForgeryPasses(string language, string forgery)
    {
        Verdict verdict = await VerifyAsync(language, Forgeries[forgery][language], Languages[language].Test);
        Assert.False(verdict.Passed || verdict.Undecided, $"{string.Join(",", verdict.Outcomes)} {verdict.FirstFailure}");
        if (forgery is "wrong" or "right_once")
            Assert.Equal(forgery is "wrong" ? ("2", "1") : ("6", "2"), (verdict.FirstFailure!.Expected.Trim('"'), verdict.FirstFailure.Got!.Trim('"')));
        if (verdict.FirstFailure?.Exception is { } why && language != "rust")
            Assert.DoesNotContain("does not build", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGoProgramCannotSkipATestThatStaysWhole()
    {
        Verdict verdict = await VerifyAsync("go", Forgeries["skips_the_test"]["go"], "func TestF(t *testing.T) { _ = fmt.Sprint(); if f(1) != 2 { t.Fatal(\"wrong\") } }");
        Assert.False(verdict.Passed);
    }

    [Fact]
    public async Task AnAssertionThatComesAfterTheEndCounts()
    {
        const string test = "(async () => { await null; require('assert').ok((await f(1)) === 2); })();";
        Assert.True((await VerifyAsync("javascript", "async function f(x) { return x + 1; }", test)).Passed);
        Assert.False((await VerifyAsync("javascript", "async function f(x) { return x; }", test)).Passed);
    }

    [Theory]
    [InlineData("javascript", "function f(x) { return x; }", "for (const [a, b] of [[1, 2]]) require('assert').deepEqual(f(a), b);")]
    [InlineData("cpp", "#include <assert.h>\nint f(int x) { return x;", "}\nint main() { int two = 2; assert(f(1) == two); }")]
    public async Task AWrongProgramFailsATestWhoseExpectedValuesNeedTheTest(string language, string wrong, string test)
    {
        Assert.False((await VerifyAsync(language, wrong, test)).Passed);
        Assert.True((await VerifyAsync(language, wrong.Replace("return x", "return x + 1", StringComparison.Ordinal), test)).Passed);
    }

    [Theory]
    [InlineData("cpp", "#include<assert.h>\n#include<bits/stdc++.h>\nusing namespace std;\nmap<string, vector<float>> f(tuple<long, string> t, optional<long> o, bool b) { return {{get<1>(t), {(float)get<0>(t), 0.1f}}};",
        "}\nint main() {\n  auto candidate = f;\n  assert(candidate(make_tuple(1, \"a,==)\"), nullopt, false) == (map<string,vector<float>>({{\"a,==)\", vector<float>({1.0f, 0.1f})}})));\n}")]
    [InlineData("rust", "fn f(x: &str, y: Option<char>) -> Vec<(String, f64)> { vec![(x.to_string(), 0.5); if y.is_some() { 2 } else { 1 }]",
        "}\nfn main() {\n  let candidate = f;\n  assert_eq!(candidate(\"a, b\", Some(',')), vec![(String::from(\"a, b\"), 0.5), (String::from(\"a, b\"), 0.5)]);\n}")]
    [InlineData("javascript", "function f(x) { return { b: [x, undefined, NaN], a: 'x,\"' }; }",
        "const assert = require('node:assert');\nassert.deepEqual(f(1.0),{a: 'x,\"', b: [1, undefined, NaN]});")]
    [InlineData("csharp", "using System;\nusing System.Linq;\nusing System.Collections.Generic;\nusing System.Diagnostics;\nclass Problem {\n  public static Dictionary<string,List<float>> F(string s) { return new Dictionary<string,List<float>>(){{s, new List<float>{0.1f}}, {\"a\", null}}; ",
        "  }\n  public static void Main(string[] args) {\n    Debug.Assert(F((\"b,\\\")\")).Equals((new Dictionary<string,List<float>>(){{\"a\", null}, {\"b,\\\")\", (new List<float>(new float[]{(float)0.1f}))}})));\n  }\n}")]
    public async Task ValuesOfManyTypesAreCompared(string language, string program, string test)
    {
        Verdict verdict = await VerifyAsync(language, program, test);
        Assert.True(verdict.Passed, verdict.FirstFailure?.ToString());
    }

    [Fact]
    public async Task ASuiteWithoutTestCodeNamesTheRemedy()
    {
        InputException exception = await Assert.ThrowsAsync<InputException>(() => new ProgramVerifier(fixture.Sandbox, Language.Named("go")).VerifyAsync(
            new TestSuite("t", "f", [new("1", "2")]), [], TestContext.Current.CancellationToken));
        Assert.Contains("'test'", exception.Message, StringComparison.Ordinal);
    }
}
