namespace Plum.Sandboxes;

/// <summary>How strongly programs are kept apart from the machine: the rungs of a ladder, the strongest first.</summary>
public enum SandboxLevel
{
    /// <summary>Namespaces (user, mount, network, IPC, UTS, and a process namespace a program), Landlock, seccomp, limits.</summary>
    Full,

    /// <summary>No namespaces, as in most containers: Landlock, seccomp, limits, and another user where started as root.</summary>
    NoNamespaces,

    /// <summary>Limits alone: a hostile program can do what the user can. Only with <see cref="SandboxOptions.Unsafe"/>.</summary>
    LimitsOnly,
}

/// <summary>How a sandbox is set up.</summary>
/// <param name="Jails">How many jails run side by side; 0 for one a core.</param>
/// <param name="Interpreter">The Python to run, a path or a name on PATH; null for <c>python3</c>.</param>
/// <param name="Highest">The strongest level to try; weaker ones follow where the machine refuses it.</param>
/// <param name="Unsafe">True to allow <see cref="SandboxLevel.LimitsOnly"/>.</param>
/// <param name="Threads">The most threads of a program.</param>
public sealed record SandboxOptions(
    int Jails = 0,
    string? Interpreter = null,
    SandboxLevel Highest = SandboxLevel.Full,
    bool Unsafe = false,
    int Threads = 64)
{
    /// <summary>One jail a core, <c>python3</c>, the strongest level the machine offers.</summary>
    public static SandboxOptions Default { get; } = new();
}
