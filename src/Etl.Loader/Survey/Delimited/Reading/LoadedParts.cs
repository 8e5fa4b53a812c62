namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>
/// The parts that an earlier attempt has loaded and of which is known where they end: one that another one follows. Their bytes are hashed and
/// their lines counted, which takes a fraction of the time of taking them apart.
/// </summary>
internal sealed class LoadedParts
{
    private readonly Dictionary<(int File, long Offset), (long Bytes, long Rows)> _portions = [];

    /// <param name="partBytes">
    /// What a part has at least: two that lie less than twice as far apart have none between them. Were it otherwise, the hash would show it.
    /// </param>
    public LoadedParts(IEnumerable<LoadedPart> parts, long partBytes)
    {
        LoadedPart? before = null;
        foreach (var part in parts.OrderBy(p => p.File).ThenBy(p => p.Offset))
        {
            if (before is { } known && known.File == part.File && part.Offset - known.Offset < 2 * partBytes)
            {
                _portions.Add((known.File, known.Offset), (part.Offset - known.Offset, known.Rows));
            }

            before = part;
        }
    }

    /// <summary>Length and records of the part that begins here; null: it must be taken apart.</summary>
    public (long Bytes, long Rows)? Find(int file, long offset) => _portions.TryGetValue((file, offset), out var portion) ? portion : null;
}
