using Etl.Loader.Ledger;

namespace Etl.Loader.Queue.Actions;

internal static class FileRefresh
{
    /// <summary>The spec as it was where the files cannot be looked up now: the attempt will report why.</summary>
    public static LoadSpec RefreshOrKeep(this IFileRefresh files, LoadSpec spec)
    {
        try
        {
            return files.Refresh(spec);
        }
        catch (Exception fault) when (fault is LoaderException or IOException or UnauthorizedAccessException)
        {
            return spec;
        }
    }
}
