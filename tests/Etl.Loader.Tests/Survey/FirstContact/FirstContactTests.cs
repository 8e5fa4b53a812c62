using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.FirstContact;

/// <summary>Files as they come, without a word in the trigger: what is clear is loaded as it was meant, what is not is asked about.</summary>
public sealed class FirstContactTests : IDisposable
{
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<string> Clear() => [.. ClearFiles.All.Select(file => file.Kind)];

    public static TheoryData<string> Doubtful() => [.. DoubtfulFiles.All.Select(file => file.Kind)];

    [Theory]
    [MemberData(nameof(Clear))]
    public async Task What_a_careful_reader_is_sure_of_is_loaded_as_meant(string kind)
    {
        var real = ClearFiles.All.Single(file => file.Kind == kind);
        var file = _files.Write(real.Name, real.Bytes);
        var survey = await SurveyFiles.SurveyAsync(file);
        Assert.Equal(real.Header, string.Join('|', survey.Columns.Select(column => column.Name.Trim())));
        foreach (var chunks in (bool[])[false, true])
        {
            var rows = SurveyFiles.Read(survey, [file], chunks: chunks && survey.Files[0].Chunks.Count > 0).Rows;
            Assert.Equal(real.Rows, rows.Count);
            Assert.Equal(real.First, string.Join('|', rows[0].Select(value => value ?? "∅")));
        }
    }

    [Theory]
    [MemberData(nameof(Doubtful))]
    public async Task What_a_careful_reader_would_ask_about_is_refused_with_a_way_on(string kind)
    {
        var real = DoubtfulFiles.All.Single(file => file.Kind == kind);
        var refusal = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(_files.Write(real.Name, real.Bytes)));
        Assert.False(string.IsNullOrEmpty(refusal.Hint));
    }
}
