namespace Etl.Loader.Files;

/// <summary>
/// Resolves the symbolic links of a relative path by their text alone: nothing outside the directory is looked at, so that no one learns from us what is
/// there. Only a proposal: what it says is opened without following any link.
/// </summary>
internal static class Links
{
    /// <summary>As many as the kernel follows.</summary>
    private const int Most = 40;

    /// <summary>False where a link leads out of the directory.</summary>
    /// <param name="rootPath">The directory's own path: an absolute link that begins with it stays inside.</param>
    public static bool TryResolve(DirectoryHandle root, string rootPath, string relative, out string inside)
    {
        var todo = new Stack<string>(relative.Split('/').Reverse());
        var done = new List<string>();
        inside = relative;
        for (var links = 0; todo.TryPop(out var part);)
        {
            if (part == ".." && done.Count == 0)
            {
                return false;
            }

            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                done.RemoveAt(done.Count - 1);
                continue;
            }

            done.Add(part);
            if (root.LinkText(string.Join('/', done)) is not { } target)
            {
                continue;
            }

            if (++links > Most)
            {
                // A loop: it is opened as the link that it is, which fails.
                return true;
            }

            done.RemoveAt(done.Count - 1);
            if (Path.IsPathRooted(target))
            {
                var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(rootPath)) + "/";
                if (!target.StartsWith(full, StringComparison.Ordinal))
                {
                    return false;
                }

                target = target[full.Length..];
                done.Clear();
            }

            foreach (var next in target.Split('/').Reverse())
            {
                todo.Push(next);
            }
        }

        inside = string.Join('/', done);
        return true;
    }
}
