using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>A file of text that can only be read from its start, cut into many small parts.</summary>
/// <param name="once">It is not surveyed before it is read.</param>
internal sealed class SequentialParts(SourceFile file, TargetColumn[] columns, bool once)
{
    private static DelimitedSurveyor Surveyor { get; } = new(new ScanOptions { BufferBytes = 4096, PartBytes = 16_384 });

    public async Task<StageRequest> RequestAsync(TargetDriver loader, CancellationToken token, long rejectsMax = 0)
    {
        var request = new SurveyRequest { Files = [file] };
        var survey = once ? Surveyor.Sketch(request)! : await Surveyor.SurveyAsync(request, new Progress<long>(), token);
        var staged = await loader.RequestAsync("orders", new MemoryDataset(columns, []), rejectsMax: rejectsMax);
        staged = staged with { Survey = survey, Columns = columns };
        return staged with { Reader = Reader(staged) };
    }

    public DatasetReader Reader(StageRequest request) => once
        ? Surveyor.CreateOnePassReader(
            new SurveyRequest { Files = [file], RejectsMax = request.RejectsMax }, request.Survey, [.. columns.Select(c => c.Type)], declared: true)
        : Surveyor.CreateReader(request.Survey, [file], [.. columns.Select(c => c.Type)]);
}
