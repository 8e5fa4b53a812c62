namespace Etl.Loader.Targets.DuckDb.Files;

/// <summary>See <see cref="ITargetFile"/>.</summary>
internal sealed class DuckDbFile(string target, string path, Sessions sessions, TimeProvider time) : ITargetFile
{
    public string Path => path;

    public bool IsMissing => !File.Exists(path);

    public async Task BeginAsync(CancellationToken token)
    {
        if (!IsMissing)
        {
            throw new LoaderException($"Target '{target}': {path} already exists; nothing was changed.", "Move it away first if a new file should take its place.");
        }

        await sessions.MakeAsync(
            session => session.InTransaction(() =>
            {
                Schema.Ensure(session, target, time);
                return true;
            }),
            token);
    }
}
