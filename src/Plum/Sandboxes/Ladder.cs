namespace Plum.Sandboxes;

/// <summary>The ladder of levels: the strongest that the machine allows and that withstands an attack on itself.</summary>
internal static class Ladder
{
    /// <summary>A level that stood the probe.</summary>
    /// <param name="Level">Which.</param>
    /// <param name="Description">Its layers in words, for verdict files.</param>
    /// <param name="Refusals">Why no stronger level is on.</param>
    public sealed record Rung(SandboxLevel Level, string Description, IReadOnlyList<string> Refusals);

    /// <exception cref="InputException">No level may be used.</exception>
    public static Rung Climb(string interpreter, SandboxOptions options)
    {
        List<string> refusals = [];
        foreach (SandboxLevel level in Enum.GetValues<SandboxLevel>().Where(level => level >= options.Highest))
        {
            if (level == SandboxLevel.LimitsOnly && !options.Unsafe)
                break;
            try
            {
                using Jail jail = Jail.Start(interpreter, level, options, 0);
                string breaches = Attack(jail);
                if (Missing(level, jail.Layers) is { } missing)
                    refusals.Add($"{Name(level)}: {missing}");
                else if (breaches.Length > 0 && level != SandboxLevel.LimitsOnly)
                    refusals.Add($"{Name(level)}: a program in it could {breaches}");
                else
                    return new(level, Describe(level, jail.Layers) + (breaches.Length > 0 ? $"; a program can {breaches}" : ""), refusals);
            }
            catch (JailException exception)
            {
                refusals.Add($"{Name(level)}: {exception.Message}");
            }
        }
        throw new InputException($"No safe way to run programs on this machine ({string.Join("; ", refusals)}). "
            + "Use a Linux with Landlock and seccomp, or pass --unsafe to run them with limits only.");
    }

    /// <summary>Attacks the jail from inside; names what succeeded.</summary>
    private static string Attack(Jail jail)
    {
        Execution probe = new(Jail.Script("probe"), "probe", [new Call([])], Limits.Default);
        ExecutionResult result = CallRun.Run(jail, probe, CancellationToken.None);
        if (result.Calls is not [{ Value: TypedValue.List(IReadOnlyList<TypedValue> successes) }])
            throw new JailException($"the attack on itself ended as {result.Status} ({result.Message})");
        return string.Join(", ", successes.OfType<TypedValue.Str>().Select(name => name.Value.Replace('_', ' ')));
    }

    private static string? Missing(SandboxLevel level, IReadOnlyDictionary<string, TypedValue> layers) => level switch
    {
        SandboxLevel.Full when !layers.ContainsKey("seccomp") => "no system call filter for this processor",
        SandboxLevel.NoNamespaces when !layers.ContainsKey("seccomp") => "no system call filter for this processor",
        SandboxLevel.NoNamespaces when layers["landlock"].Equals(new TypedValue.Int(0)) => "the kernel has no Landlock",
        _ => null,
    };

    private static string Describe(SandboxLevel level, IReadOnlyDictionary<string, TypedValue> layers)
    {
        List<string> words = [];
        if (layers.TryGetValue("user", out TypedValue? user) && user is TypedValue.Int)
            words.Add($"user {user}");
        if (layers.ContainsKey("namespaces"))
            words.Add("namespaces");
        if (layers.TryGetValue("landlock", out TypedValue? landlock) && !landlock.Equals(new TypedValue.Int(0)))
            words.Add($"landlock {landlock}");
        if (layers.ContainsKey("seccomp"))
            words.Add("seccomp");
        words.Add("limits");
        return $"{Name(level)} ({string.Join(", ", words)})";
    }

    private static string Name(SandboxLevel level) => level switch
    {
        SandboxLevel.Full => "full",
        SandboxLevel.NoNamespaces => "no-namespaces",
        _ => "limits-only",
    };
}
