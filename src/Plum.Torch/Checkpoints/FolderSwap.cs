using Plum.Text;

namespace Plum.Torch.Checkpoints;

/// <summary>Makes a folder appear as a whole: it is written under another name beside its place, then renamed.</summary>
internal static class FolderSwap
{
    /// <summary>Writes a folder, replacing what is there; after a failure what was there still is.</summary>
    public static void Write(string path, Action<string> write)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string building = path + ".partial", old = path + ".replaced";
        DiskFailure.Prepare(path);
        if (Directory.Exists(building)) Directory.Delete(building, recursive: true);
        Directory.CreateDirectory(building);
        try
        {
            write(building);
        }
        catch (Exception failure)
        {
            Directory.Delete(building, recursive: true);
            if (DiskFailure.Explain(failure, path) is { } explained) throw explained;
            throw;
        }

        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        if (Directory.Exists(path)) Directory.Move(path, old);
        Directory.Move(building, path);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }
}
