using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>The same matrix for every language: right passes, wrong fails, and neither exiting, printing, looping nor forking is a way around the test.</summary>
public sealed class LanguageTests(SandboxFixture fixture)
{
    private static readonly Limits Limits = new(CallCpuMilliseconds: 2_000, CpuMilliseconds: 2_000, WallMilliseconds: 20_000);

    /// <summary>What a body of <c>int f(int x)</c> is put into, and the test that f(1) is 2.</summary>
    private static readonly Dictionary<string, (string Head, string Tail, string Test)> Frames = new()
    {
        ["javascript"] = ("function f(x) {\n", "\n}", "require('node:assert').deepEqual(f(1), 2);"),
        ["cpp"] = ("#include <assert.h>\n#include <cstdio>\n#include <cstdlib>\n#include <fstream>\n#include <sys/mman.h>\n#include <unistd.h>\nint f(int x) {\n", "", "}\nint main() { assert(f(1) == 2); }"),
        ["rust"] = ("fn f(x: i32) -> i32 {\n", "", "}\nfn main() { assert_eq!(f(1), 2); }"),
        ["go"] = ("package f_test\nimport (\"testing\"; \"os\"; \"fmt\"; \"os/exec\"; \"syscall\"; \"unsafe\")\nvar _ = syscall.Getpid\nvar _ = unsafe.Pointer(nil)\nvar _ = os.Exit\nvar _ = fmt.Print\nvar _ = exec.Command\nfunc f(x int) int {\n", "\n}", "func TestF(t *testing.T) { if f(1) != 2 { t.Fatal(\"wrong\") } }"),
        ["csharp"] = ("using System;\nusing System.Diagnostics;\nclass Problem {\n public static int F(int x) {\n", "", "}\n public static void Main(string[] args) { Debug.Assert(F(1) == 2); }\n}"),
    };

    private static readonly Dictionary<string, Dictionary<string, string>> Bodies = new()
    {
        ["right"] = new() { ["*"] = "return x + 1;" },
        ["wrong"] = new() { ["*"] = "return x;" },
        ["does_not_build"] = new() { ["*"] = "return (;" },
        ["exits"] = new() { ["javascript"] = "process.exit(0);", ["cpp"] = "exit(0);", ["rust"] = "std::process::exit(0);", ["go"] = "os.Exit(0); return 0", ["csharp"] = "Environment.Exit(0); return 0;" },
        ["prints_and_exits"] = new() { ["javascript"] = "console.log('PASS'); process.exit(0);", ["cpp"] = "puts(\"PASS\"); _exit(0);", ["rust"] = "println!(\"PASS\"); std::process::exit(0);", ["go"] = "fmt.Println(\"PASS\"); os.Exit(0); return 0", ["csharp"] = "Console.WriteLine(\"PASS\"); Environment.Exit(0); return 0;" },
        ["loops"] = new() { ["javascript"] = "while (true);", ["cpp"] = "for (volatile int i = 0;; i++);", ["rust"] = "loop {}", ["go"] = "for {}", ["csharp"] = "while (true) ;" },
        ["floods"] = new() { ["javascript"] = "while (true) require('fs').writeSync(1, 'x'.repeat(65536));", ["cpp"] = "while (true) puts(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\");", ["rust"] = "loop { println!(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); }", ["go"] = "for { fmt.Println(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\") }", ["csharp"] = "while (true) Console.WriteLine(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\");" },
        ["starts_a_process"] = new() { ["javascript"] = "require('child_process').execSync('true'); return x + 1;", ["cpp"] = "if (fork() < 0) return 0; return x + 1;", ["rust"] = "match std::process::Command::new(\"/bin/true\").status() { Ok(_) => x + 1, Err(_) => 0 }", ["go"] = "if exec.Command(\"/bin/true\").Run() != nil { return 0 }; return x + 1", ["csharp"] = "Process.Start(\"/bin/true\"); return x + 1;" },
        ["writes_a_file"] = new() { ["javascript"] = "require('fs').writeFileSync('/tmp/x', 'x'); return x + 1;", ["cpp"] = "std::ofstream o(\"/tmp/x\"); if (!o) return 0; return x + 1;", ["rust"] = "match std::fs::write(\"/tmp/x\", \"x\") { Ok(_) => x + 1, Err(_) => 0 }", ["go"] = "if os.WriteFile(\"/tmp/x\", nil, 0644) != nil { return 0 }; return x + 1", ["csharp"] = "System.IO.File.WriteAllText(\"/tmp/x\", \"x\"); return x + 1;" },
        ["fills_a_file_in_memory"] = new() { ["javascript"] = "return 0; // node has no such call", ["cpp"] = "int d = memfd_create(\"x\", 0); static char page[1 << 20]; for (int n = 0; n < 2048; n++) if (write(d, page, sizeof page) < 0) return 0; return x + 1;", ["rust"] = "extern \"C\" { fn memfd_create(n: *const u8, f: u32) -> i32; fn write(d: i32, p: *const u8, n: usize) -> isize; } unsafe { let d = memfd_create(b\"x\\0\".as_ptr(), 0); let page = vec![1u8; 1 << 20]; for _ in 0..2048 { if write(d, page.as_ptr(), page.len()) < 0 { return 0; } } } x + 1", ["go"] = "name := []byte(\"x\\x00\"); d, _, _ := syscall.Syscall(319, uintptr(unsafe.Pointer(&name[0])), 0, 0); page := make([]byte, 1 << 20); for n := 0; n < 2048; n++ { if _, e := syscall.Write(int(d), page); e != nil { return 0 } }; return x + 1", ["csharp"] = "[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int memfd_create(string n, uint f); using var s = new System.IO.FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(memfd_create(\"x\", 0), true), System.IO.FileAccess.Write); var page = new byte[1 << 20]; for (int n = 0; n < 2048; n++) s.Write(page); return x + 1;" },
        ["fills_shared_memory"] = new() { ["javascript"] = "const keep = []; for (let n = 0; n < 32; n++) keep.push(new Uint8Array(new SharedArrayBuffer(1 << 28)).fill(1)); return x + 1;", ["cpp"] = "for (int n = 0; n < 128; n++) { char* p = (char*)mmap(0, 1 << 26, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); if (p == MAP_FAILED) return 0; for (int at = 0; at < 1 << 26; at += 4096) p[at] = 1; } return x + 1;", ["rust"] = "extern \"C\" { fn mmap(a: usize, n: usize, p: i32, f: i32, d: i32, o: i64) -> *mut u8; } unsafe { for _ in 0..128 { let p = mmap(0, 1 << 26, 3, 0x21, -1, 0); if p as isize == -1 { return 0; } for at in (0..1 << 26).step_by(4096) { *p.add(at) = 1; } } } x + 1", ["go"] = "for n := 0; n < 128; n++ { p, e := syscall.Mmap(-1, 0, 1 << 26, 3, 0x21); if e != nil { return 0 }; for at := 0; at < 1 << 26; at += 4096 { p[at] = 1 } }; return x + 1", ["csharp"] = "for (int n = 0; n < 128; n++) { var p = new byte[1 << 26]; GC.KeepAlive(p); Keep.Add(p); for (int at = 0; at < 1 << 26; at += 4096) p[at] = 1; } return x + 1; } static System.Collections.Generic.List<byte[]> Keep = new(); static int Never() { return 0;" },
        ["reads_a_file"] = new() { ["javascript"] = "require('fs').readFileSync('/etc/passwd'); return x + 1;", ["cpp"] = "std::ifstream i(\"/etc/passwd\"); if (!i) return 0; return x + 1;", ["rust"] = "match std::fs::read(\"/etc/passwd\") { Ok(_) => x + 1, Err(_) => 0 }", ["go"] = "if _, e := os.ReadFile(\"/etc/passwd\"); e != nil { return 0 }; return x + 1", ["csharp"] = "System.IO.File.ReadAllText(\"/etc/passwd\"); return x + 1;" },
    };

    public static TheoryData<string, string> Matrix() => new(Frames.Keys.SelectMany(language => Bodies.Keys.Select(body => (language, body))));

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task OnlyTheRightProgramPasses(string language, string body)
    {
        Language row = Language.Named(language);
        Assert.SkipWhen(row.ToolPath is null, $"{row.Tool} is not installed");
        string text = Bodies[body].GetValueOrDefault(language) ?? Bodies[body]["*"];
        (string head, string tail, string test) = Frames[language];
        ProgramResult result = await fixture.Sandbox.RunProgramAsync(new(row, head + text + tail, test, Limits), TestContext.Current.CancellationToken);
        Assert.True(body == "right" == (result.Outcome == CaseOutcome.Passed), $"{result.Outcome}: {result.Message} {result.Output[..Math.Min(200, result.Output.Length)]}");
        Assert.NotEqual(CaseOutcome.Undecided, result.Outcome);
    }

    [Fact]
    public void AMissingToolchainIsNamedWithItsRemedy()
    {
        Language absent = Language.Named("cpp") with { Tool = "no-such-compiler" };
        Assert.Contains("apt install g++", Assert.Throws<InputException>(absent.Require).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownLanguageIsAnErrorThatListsTheKnownOnes() =>
        Assert.Contains("rust", Assert.Throws<InputException>(() => Language.Named("cobol")).Message, StringComparison.Ordinal);
}
