using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.Inboxes;

/// <summary>A watched directory with its name and rules. Paths inside it are relative, with '/', so that hosts may mount it differently.</summary>
/// <param name="Targets">What triggers may name: the default target first.</param>
/// <param name="Schemas">Normalised names that triggers may name, for each target.</param>
internal sealed record Inbox(
    string Name,
    InboxOptions Options,
    IReadOnlyList<string> Targets,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Schemas)
{
    /// <summary>First matching one applies.</summary>
    public IReadOnlyList<DatasetRule> Rules => Options.Datasets;

    public DatasetRule? RuleOf(string dataset) => Rules.FirstOrDefault(r => r.Matches(dataset));

    public string Root => Options.Path;

    /// <summary>Directory inside the inbox where loaded data goes, relative; null where it goes nowhere or outside.</summary>
    public string? ArchiveInside => AfterLoad.Parse(Options.AfterLoad)?.ArchiveInside(Root);

    /// <summary>False where nothing is written to the inbox: it may be readable only.</summary>
    public bool HasMarkers => Options.Markers != InboxOptions.NoMarkers;

    public string FullPath(string relative) => Path.Combine(Root, relative);

    /// <summary>The root with links resolved. Throws <see cref="InboxAwayException"/> when there is no such directory.</summary>
    public string RealRoot()
    {
        try
        {
            return RealPath.Of(Root) is { } real && Directory.Exists(real) ? real : throw Away("the directory does not exist");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Away(exception.Message);
        }
    }

    /// <summary>
    /// The directory itself, through which all that producers can exchange is looked at, read and changed. Throws <see cref="InboxAwayException"/> when
    /// there is no such directory.
    /// </summary>
    public DirectoryHandle Open()
    {
        try
        {
            return DirectoryHandle.Open(Root);
        }
        catch (DirectoryNotFoundException)
        {
            throw Away("the directory does not exist");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Away(exception.Message);
        }
    }

    /// <summary>What is under a relative path; null when there is nothing, or only behind a link.</summary>
    public FileStat? Stat(string relative)
    {
        using var root = Open();
        return root.StatInside(relative);
    }

    public InboxAwayException Away(string reason) => new(Name, Root, reason);
}
