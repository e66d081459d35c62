using System.Text;
using System.Text.RegularExpressions;

namespace Plum.Sandboxes.Languages;

/// <summary>C++ by g++. The linker puts a function in main's place that calls it and then writes the word.</summary>
internal static partial class Cpp
{
    public static Language Row { get; } = new(
        "cpp", "g++", "Install g++ (Debian, Ubuntu: apt install g++).",
        (program, test, word) =>
        [
            new("plum.h", Encoding.UTF8.GetBytes(Header)),
            new("program.cpp", Encoding.UTF8.GetBytes($"{program}\n{test}\n")),
            new("plum.cpp", Encoding.UTF8.GetBytes(Main.Replace("WORD", word, StringComparison.Ordinal))),
        ],
        compiler => [[compiler, "-std=c++17", "-O1", "-w", "-Wl,--wrap=main", "-include", "plum.h", "program.cpp", "plum.cpp", "-o", "program"], ["/tmp/plum/program"]],
        new(
            Opening(), Equality(), Both(), "plum_answer($)",
            values => ("#include <bits/stdc++.h>\nusing namespace std;", $"int main() {{\n{string.Concat(values.Select(value => $"plum_answer({value});\n"))}}}")));

    private const string Main = """
        #include <cstdio>
        #include <string>
        #include <unistd.h>
        extern "C" int __real_main();
        static void plum_write(const std::string& line) {
            for (size_t at = 0; at < line.size();) {
                ssize_t written = write(1, line.data() + at, line.size() - at);
                if (written <= 0) _exit(1);
                at += written;
            }
        }
        void plum_write_answer(const std::string& text) { plum_write("\nWORD=" + text + "\n"); }
        extern "C" int __wrap_main() { __real_main(); fflush(stdout); plum_write("\nWORD\n"); return 0; }

        """;

    private const string Header = """
        #pragma once
        #include <cstdio>
        #include <map>
        #include <optional>
        #include <set>
        #include <string>
        #include <tuple>
        #include <type_traits>
        #include <unordered_map>
        #include <unordered_set>
        #include <utility>
        #include <vector>
        void plum_write_answer(const std::string&);
        namespace plum {
        template <class T, class = void> struct Text { static std::string of(const T&) { return "opaque"; } };
        template <class T> std::string text(const T& value) { return Text<T>::of(value); }
        template <class T> std::string items(const char* open, const T& values, const char* close) {
            std::string joined = open;
            for (const auto& value : values) joined += text<typename T::value_type>(value) + ",";
            return joined + close;
        }
        template <class T> struct Text<T, std::enable_if_t<std::is_arithmetic<T>::value>> {
            static std::string of(T value) { char digits[64]; snprintf(digits, sizeof digits, "%.21Lg", (long double)value); return digits; }
        };
        template <> struct Text<std::string> {
            static std::string of(const std::string& value) {
                std::string quoted = "\"";
                for (char letter : value) { if (letter == '\n') { quoted += "\\n"; continue; } if (letter == '"' || letter == '\\') quoted += '\\'; quoted += letter; }
                return quoted + "\"";
            }
        };
        template <> struct Text<std::nullopt_t> { static std::string of(const std::nullopt_t&) { return "null"; } };
        template <class T> struct Text<std::optional<T>> { static std::string of(const std::optional<T>& value) { return value ? text(*value) : "null"; } };
        template <class A, class B> struct Text<std::pair<A, B>> {
            static std::string of(const std::pair<A, B>& value) { return "(" + text<std::decay_t<A>>(value.first) + "," + text(value.second) + ",)"; }
        };
        template <class... T> struct Text<std::tuple<T...>> {
            static std::string of(const std::tuple<T...>& value) { return std::apply([](const T&... item) { return "(" + ((text(item) + ",") + ... + ")"); }, value); }
        };
        template <class T> struct Text<std::vector<T>> { static std::string of(const std::vector<T>& value) { return items("[", value, "]"); } };
        template <class T> struct Text<std::set<T>> { static std::string of(const std::set<T>& value) { return items("{", value, "}"); } };
        template <class K, class V> struct Text<std::map<K, V>> { static std::string of(const std::map<K, V>& value) { return items("{", value, "}"); } };
        template <class T> struct Text<std::unordered_set<T>> { static std::string of(const std::unordered_set<T>& value) { return text(std::set<T>(value.begin(), value.end())); } };
        template <class K, class V> struct Text<std::unordered_map<K, V>> { static std::string of(const std::unordered_map<K, V>& value) { return text(std::map<K, V>(value.begin(), value.end())); } };
        }
        template <class T> void plum_answer(const T& value) { plum_write_answer(plum::text(value)); }
        inline void plum_answer(const char* value) { plum_write_answer(plum::text(std::string(value))); }

        """;

    [GeneratedRegex(@"\bassert\s*\(")]
    private static partial Regex Opening();

    [GeneratedRegex("==")]
    private static partial Regex Equality();

    [GeneratedRegex(@"&&|\|\||\?")]
    private static partial Regex Both();
}
