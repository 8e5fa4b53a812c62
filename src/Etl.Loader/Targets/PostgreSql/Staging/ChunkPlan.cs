using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>A part of the dataset that is copied in one transaction: a chunk, or a whole file that can only be read from its start.</summary>
internal sealed record ChunkPlan(int File, Chunk? Chunk, long Offset, long Bytes, string Sha256)
{
    /// <summary>All parts of the dataset, in order.</summary>
    public static IReadOnlyList<ChunkPlan> Of(DatasetSurvey survey) =>
    [
        .. survey.Files.SelectMany((file, number) => file.Chunks.Count == 0
            ? [new ChunkPlan(number, null, 0, file.Bytes, file.Sha256)]
            : file.Chunks.Select(c => new ChunkPlan(number, c, c.Offset, c.Bytes, c.Sha256))),
    ];

    public bool Is(Checkpoint checkpoint) => checkpoint.File == File && checkpoint.Offset == Offset && checkpoint.Sha256 == Sha256;
}
