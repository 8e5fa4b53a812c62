using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>What one writing into the staging table takes its rows from, and shows how far it is. Called by one thread at a time.</summary>
internal interface IPartSource
{
    /// <summary>The next part; null: this writing is complete.</summary>
    ValueTask<DatasetPart?> NextAsync(CancellationToken token);

    /// <param name="rows">Rows of the part encoded so far.</param>
    /// <param name="position">Delivered bytes of its file read so far.</param>
    void Encoded(DatasetPart part, long rows, long position);

    void Ended(DatasetPart part, long rows, long rejected);
}
