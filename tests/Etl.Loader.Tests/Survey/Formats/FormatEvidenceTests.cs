using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.Formats;

public sealed class FormatEvidenceTests : IDisposable
{
    private readonly DataFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("a.json", "[\n{\"id\":1}]", "JsonLines")]
    [InlineData("a.json", "[1,2]", "JsonLines")]
    [InlineData("a.data", " [ { \"id\":1}]", "JsonLines")]
    [InlineData("a.data", "{\"id\":1}", "JsonLines")]
    [InlineData("a.data", "[x],[y]\n1,2\n", "Delimited")]
    [InlineData("a.txt", "id\n1\n", "Delimited")]
    public void The_format_is_by_name_or_first_bytes(string name, string content, string format) =>
        Assert.Equal(format, FormatEvidence.Of(_files.Write(name, content)).ToString());

    [Fact]
    public async Task A_JSON_array_is_refused_with_the_way_to_make_lines_of_it()
    {
        var file = _files.Write("a.json", "[{\"id\":1},{\"id\":2}]");
        var fault = await Assert.ThrowsAsync<DatasetException>(() => Surveyor.OfAllFormats().SurveyAsync(
            new SurveyRequest { Files = [file] }, new Progress<long>(), TestContext.Current.CancellationToken));
        Assert.Contains("jq", fault.Hint, StringComparison.Ordinal);
    }
}
