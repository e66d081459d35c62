using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Plum.Torch;

/// <summary>Which libtorch there has to be, and what a loaded one says of itself.</summary>
internal static partial class LibtorchVersion
{
    /// <summary>at::show_config(), libtorch's account of how it was built.</summary>
    private const string ShowConfig = "_ZN2at11show_configB5cxx11Ev";

    /// <summary>The version that TorchSharp was built for, such as 2.10. Its constant is read rather than asked for: asking would load libtorch.</summary>
    public static string Wanted { get; } = Version.Parse(
        (string)typeof(torch).GetField("libtorchPackageVersion", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!).ToString(2);

    /// <summary>The version, such as 2.10.0.</summary>
    /// <param name="library">A handle of libtorch_cpu.</param>
    /// <returns>null where the library does not tell.</returns>
    public static unsafe string? Of(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, ShowConfig, out nint export)) return null;
        StandardString text;
        ((delegate* unmanaged[Cdecl]<StandardString*, StandardString*>)export)(&text);
        Match match = Stated().Match(Marshal.PtrToStringUTF8(text.Start, (int)text.Length));
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"TORCH_VERSION=([0-9][^,\s]*)")]
    private static partial Regex Stated();

    /// <summary>libstdc++'s std::string, returned by way of its address. It is asked for once a process: what it holds is not given back.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct StandardString
    {
        public nint Start;
        public nint Length;
        public fixed byte Short[16];
    }
}
