using System.Text;

namespace Plum.Sandboxes.Languages;

/// <summary>C++ by g++. The linker puts a function in main's place that calls it and then writes the nonce.</summary>
internal static class Cpp
{
    public static Language Row { get; } = new(
        "cpp", "g++", "Install g++ (Debian, Ubuntu: apt install g++).",
        (program, test, nonce) =>
        [
            new("program.cpp", Encoding.UTF8.GetBytes($"{program}\n{test}\n")),
            new("nonce.cpp", Encoding.UTF8.GetBytes("#include <cstdio>\n#include <unistd.h>\nextern \"C\" int __real_main();\n"
                + $"extern \"C\" int __wrap_main() {{ __real_main(); fflush(stdout); return write(1, \"\\n{nonce}\", {nonce.Length + 1}) < 0; }}\n")),
        ],
        compiler => [[compiler, "-std=c++17", "-O1", "-w", "-Wl,--wrap=main", "program.cpp", "nonce.cpp", "-o", "program"], ["/tmp/plum/program"]]);
}
