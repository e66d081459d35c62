using Plum.Evaluation;
using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training;

namespace Plum.Cli.Runs;

/// <summary>Looks at what a run will need hours later, before its first minute.</summary>
internal static class Preflight
{
    /// <summary>Fails on a file or folder that is missing or broken.</summary>
    /// <param name="located">The recipe with paths of this machine.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The message names it, and the recipe's key where it is missing.</exception>
    public static async Task CheckAsync(RunOptions located, CancellationToken cancellation)
    {
        CheckpointTrainer.Check(located.Training!);
        if (located.Language != "python")
            throw new InputException($"language: the loop's suites and held-out tasks are Python, not {located.Language}: judge other languages with `plum verify --language {located.Language} --candidates FILE --suites FILE --out FILE`");
        Model("policy", located.Policy);
        Teachers(located);
        Exists("instructions", located.Instructions);
        Exists("held_out", located.HeldOut);
        await InstructionStage.DrawAsync(located, cancellation).ConfigureAwait(false);
        await Benchmark.ReadAsync(located.HeldOut, cancellation).ConfigureAwait(false);
        if (located.Sft is null) return;
        Exists("sft", located.Sft);
        await ChatExamples.CheckAsync(located.Sft, cancellation).ConfigureAwait(false);
    }

    /// <summary>Fails on a teacher's folder that cannot be opened; endpoints are not called.</summary>
    /// <param name="located">The recipe with paths of this machine.</param>
    public static void Teachers(RunOptions located)
    {
        foreach (TeacherOptions one in located.AllTeachers)
        {
            if (one.Policy is { } folder && folder != located.Policy) Model("teacher", folder);
        }
    }

    /// <summary>Fails on a checkpoint folder that a policy cannot be opened from.</summary>
    /// <param name="key">What the command line or the recipe calls it.</param>
    /// <param name="folder">The folder.</param>
    public static CheckpointSummary Model(string key, string folder)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{key}: there is no folder {folder}: name a checkpoint folder with config.json, model.safetensors and tokenizer.json");
        CheckpointSummary summary = CheckpointSummary.Of(folder);
        if ((summary.TokenizerFault ?? summary.ChatTemplateFault) is { } fault) throw new InputException(fault);
        if (summary.EndIds.Count == 0)
            throw new InputException($"{folder}: no end token: name eos_token in tokenizer_config.json or eos_token_id in config.json, or completions never end");
        return summary;
    }

    private static void Exists(string key, string file)
    {
        if (!File.Exists(file))
            throw new InputException($"{key}: there is no file {file}: check the path; paths in a recipe are relative to the recipe's folder");
    }
}
