using System.Security.Cryptography;
using System.Text;
using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>What HumanEval+ and MBPP+ have in common: the fields of EvalPlus's releases.</summary>
internal static class EvalPlusTasks
{
    /// <summary>Texts that end any completion (<c>provider/utility.py</c>).</summary>
    public static IReadOnlyList<string> Ends { get; } = ["<|endoftext|>", "<|endofmask|>", "</s>", "\nif __name__", "\ndef main(", "\nprint("];

    public static bool Are(DatasetRow row) => row.Has("base_input");

    public static PublicTask Read(DatasetRow row, bool plus, PromptStyle style, Func<string, IReadOnlyList<IReadOnlyList<TypedValue>>, IReadOnlyList<Call>> decode, Func<string, SpecialOracle> oracle, int heldMegabytes)
    {
        string id = row.Text("task_id"), prompt = row.Text("prompt"), entry = row.Text("entry_point");
        string canonical = prompt + row.Text("canonical_solution");
        byte[] what = Encoding.UTF8.GetBytes($"{id}\n{entry}\n{canonical}\n{row["base_input"].GetRawText()}\n{(plus ? row["plus_input"].GetRawText() : "")}");
        return new(
            id,
            prompt,
            entry,
            new Check.Differential(
                entry,
                canonical,
                decode(id, row.Inputs("base_input")),
                plus ? decode(id, row.Inputs("plus_input")) : [],
                row.Has("atol") ? row["atol"].GetDouble() : 0,
                oracle(entry),
                Convert.ToHexStringLower(SHA256.HashData(what)),
                plus,
                heldMegabytes),
            style,
            canonical);
    }
}
