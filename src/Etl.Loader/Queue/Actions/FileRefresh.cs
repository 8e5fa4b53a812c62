using Etl.Loader.Ledger;

namespace Etl.Loader.Queue.Actions;

/// <summary>Looks up a load's files as they are now, for a requeue or a reload.</summary>
internal sealed class FileRefresh(Func<LoadSpec, LoadSpec> refresh)
{
    /// <summary>Throws <see cref="LoaderException"/> where a file is missing or the inbox is away.</summary>
    public LoadSpec Refresh(LoadSpec spec) => refresh(spec);

    /// <summary>The spec as it was where the files cannot be looked up now: the attempt will say why.</summary>
    public LoadSpec RefreshOrKeep(LoadSpec spec)
    {
        try
        {
            return refresh(spec);
        }
        catch (Exception fault) when (fault is LoaderException or IOException or UnauthorizedAccessException)
        {
            return spec;
        }
    }
}
