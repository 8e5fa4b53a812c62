using Etl.Loader.Inboxes;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Delivery;

/// <summary>A file that lies in an inbox: the inbox's name and the path inside it, with '/'.</summary>
internal sealed record InboxFile(string Inbox, string Dataset, string FullPath);

/// <summary>Which configured inbox a path lies in, and where an inbox lies.</summary>
internal sealed class InboxLookup(IConfiguration configuration)
{
    private readonly Dictionary<string, InboxOptions> _inboxes =
        configuration.GetSection(LoaderOptions.Section).GetSection("Inboxes").Get<Dictionary<string, InboxOptions>>() ?? [];

    /// <summary>Throws <see cref="LoaderException"/> when the file is not there or lies in no inbox.</summary>
    public InboxFile Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new LoaderException($"There is no file {full}.", "Name a data file that lies in an inbox.");
        }

        foreach (var (name, inbox) in _inboxes)
        {
            var relative = Path.GetRelativePath(inbox.Path, full);
            if (relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(relative))
            {
                return new InboxFile(name, relative.Replace('\\', '/'), full);
            }
        }

        throw new LoaderException(
            $"{full} lies in no inbox; the inboxes are: {Known()}.", $"Deliver it: etl-loader deliver {path} --inbox {_inboxes.Keys.FirstOrDefault() ?? "NAME"}");
    }

    /// <summary>The inbox's directory. Throws <see cref="LoaderException"/> naming the known inboxes.</summary>
    public string DirectoryOf(string name) => _inboxes.TryGetValue(name, out var inbox)
        ? Directory.Exists(inbox.Path)
            ? inbox.Path
            : throw new NotReachableException($"The directory {inbox.Path} of inbox '{name}' is not there.", "Mount or make it.")
        : throw new LoaderException($"There is no inbox '{name}'; there are: {Known()}.", "Name one of them with --inbox.");

    private string Known() =>
        _inboxes.Count == 0 ? "none" : string.Join(", ", _inboxes.Select(i => $"{i.Key} ({i.Value.Path})"));
}
