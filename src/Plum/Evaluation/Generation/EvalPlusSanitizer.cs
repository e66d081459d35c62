using Plum.Sandboxes;

namespace Plum.Evaluation.Generation;

/// <summary>
/// EvalPlus's sanitising (<c>evalplus/sanitize.py</c>, 26d6d00) with Python's own parser in place of tree-sitter: the longest
/// span of lines that parses, of it the imports, and the definitions that the entry point reaches. Functions without a
/// <c>return</c>, decorated functions and other statements are dropped, as they are there. Runs in the sandbox: texts of
/// models are parsed nowhere else.
/// </summary>
/// <param name="sandbox">Where it runs.</param>
public sealed class EvalPlusSanitizer(PythonSandbox sandbox)
{
    private static readonly Limits Limits = new(CallCpuMilliseconds: 60_000, CpuMilliseconds: 60_000, WallMilliseconds: 600_000, MemoryMegabytes: 2_048);

    private const string Code = """
        import ast, re, warnings

        warnings.simplefilter("ignore")

        def parses(text):
            try:
                return ast.parse(text)
            except (SyntaxError, MemoryError, ValueError, RecursionError):
                return None

        def extract(text):
            text = re.sub(r"\x1B(?:[@-Z\\-_]|\[[0-?]*[ -/]*[@-~])", "", text)
            lines = text.split("\n")
            filled = [0]
            for line in lines:
                filled.append(filled[-1] + bool(line.strip()))
            # The first of the spans with the most filled lines; spans are tried in that order instead of all being parsed.
            spans = [(filled[i] - filled[j + 1], i, j) for i in range(len(lines)) for j in range(i + 1, len(lines))]
            for count, i, j in sorted(spans):
                if count < 0 and parses("\n".join(lines[i:j + 1])):
                    return "\n".join(lines[i:j + 1])
            return lines[0]

        def name_of(node):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return node.name
            first = node.targets[0] if isinstance(node, ast.Assign) else node.target
            rest = node.targets[1:] + [node.value] if isinstance(node, ast.Assign) else [node.value]
            if isinstance(first, ast.Name):
                return first.id
            # tree-sitter takes the first plain name among the parts of the assignment.
            return rest[0].id if len(rest) == 1 and isinstance(rest[0], ast.Name) else None

        def names_in(node):
            names = set()
            for part in ast.walk(node):
                for field in ("id", "arg", "attr", "name", "asname"):
                    value = getattr(part, field, None)
                    if isinstance(value, str):
                        names.update(value.split("."))
                names.update(getattr(part, "names", []) if isinstance(part, (ast.Global, ast.Nonlocal)) else [])
            return names

        def sanitize(text, entry):
            code = extract(text)
            tree = parses(code)
            imports, definitions, known = [], [], set()
            for node in tree.body if tree else []:
                if isinstance(node, ast.Import) or isinstance(node, ast.ImportFrom) and node.module != "__future__":
                    imports.append(node)
                elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)):
                    if getattr(node, "decorator_list", None):
                        continue
                    name = name_of(node)
                    function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                    if name in known or function and not any(isinstance(part, ast.Return) for part in ast.walk(node)):
                        continue
                    known.add(name)
                    definitions.append((name, node))
            uses = {name: names_in(node) for name, node in definitions}
            reached, queue = {entry}, [entry]
            while queue:
                for name in uses.get(queue.pop(0), ()):
                    if name not in reached:
                        reached.add(name)
                        queue.append(name)
            parts = imports + [node for name, node in definitions if not entry or name in reached]
            result = "\n".join(ast.get_source_segment(code, part) for part in parts).strip()
            return result or code
        """;

    /// <summary>Sanitises one program.</summary>
    /// <param name="text">What the model wrote, with the prompt before it where it continued one.</param>
    /// <param name="entryPoint">The function that is asked for; empty where none is.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>The program; the text itself where it is too much for the parser.</returns>
    public async Task<string> SanitizeAsync(string text, string entryPoint, CancellationToken cancellation)
    {
        Call call = new([new TypedValue.Str(text), new TypedValue.Str(entryPoint)]);
        ExecutionResult result = await sandbox.RunAsync(new(Code, "sanitize", [call], Limits), cancellation).ConfigureAwait(false);
        return result.Calls is [{ Value: TypedValue.Str(string program) }] ? program : text;
    }
}
