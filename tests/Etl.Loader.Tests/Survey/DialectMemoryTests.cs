using System.Text;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey;

/// <summary>The dialect that last loaded the table is tried first, and a different finding is refused with both.</summary>
public sealed class DialectMemoryTests : IDisposable
{
    private static readonly KnownDialect Commas = new(",", '"', '"', true, ["id", "name", "qty"]);
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    private async Task<Dialect> FindAsync(string text, KnownDialect known, DialectSpec? said = null) => (await SurveyFiles.Surveyor().SurveyAsync(
        new() { Files = [_files.Write("data.csv", text)], Dialect = said, Known = known }, new Progress<long>(), TestContext.Current.CancellationToken)).Files[0].Dialect!;

    [Theory]
    [InlineData("id,name,qty\n")]
    [InlineData("id,name,qty\n1,Ada,2\n")]
    [InlineData("id,name,qty\n1,a;b;c d e,2\n")]
    [InlineData("id,name\n1,Ada\n2,Bob\n")]
    [InlineData("id,name,qty,extra\n1,Ada,2,3\n2,Bob,3,4\n")]
    [InlineData("name,qty,id\nAda,2,1\n")]
    [InlineData("id,name,qty\n,,\n,,\n")]
    public async Task A_file_like_the_one_before_is_read_like_it(string text)
    {
        var found = await FindAsync(text, Commas);
        Assert.Equal((",", '"', true), (found.Delimiter, found.Quote, found.Header));
    }

    [Theory]
    [InlineData("2023,2024,2025\n")]
    [InlineData("2023,2024,2025\n1,2,3\n")]
    public async Task A_short_file_with_the_tables_names_has_a_header_even_if_they_are_numbers(string text)
    {
        Assert.True((await FindAsync(text, new(",", '"', '"', true, ["2023", "2024", "2025"]))).Header);
    }

    [Fact]
    public async Task What_a_file_does_not_show_stays_as_it_was()
    {
        var found = await FindAsync("id;name;qty\n1;Ada;2\n2;Bob;3\n", new(";", '\'', '\\', true, ["id", "name", "qty"]));
        Assert.Equal((";", '\'', '\\'), (found.Delimiter, found.Quote, found.Escape));
    }

    [Theory]
    [InlineData("id;name;qty\n1;Ada;2\n2;Bob;3\n", "\"delimiter\": \";\"")]
    [InlineData("id\tname\tqty\n1\tAda\t2\n2\tBob\t3\n", "\"delimiter\": \"\\t\"")]
    [InlineData("1,Ada,2\n2,Bob,3\n3,Cy,4\n", "\"header\": false")]
    [InlineData("id,name,qty\n1,'Ada, L',2\n2,'Bob, M',3\n", "\"quote\": \"'\"")]
    public async Task Another_finding_is_refused_showing_both_and_goes_through_when_it_is_stated(string text, string seen)
    {
        var fault = await Assert.ThrowsAsync<DatasetException>(() => FindAsync(text, Commas));
        Assert.Contains("\"delimiter\": \",\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains(seen, fault.Message, StringComparison.Ordinal);
        Assert.Contains(seen, fault.Hint, StringComparison.Ordinal);

        var line = fault.Hint![fault.Hint!.IndexOf('{')..(fault.Hint.IndexOf('}') + 1)];
        var said = ManifestReader.Read(Encoding.UTF8.GetBytes($"{{ \"dialect\": {line} }}")).Dialect;
        var found = await FindAsync(text, Commas, said);
        Assert.Equal((said!.Delimiter, said.Header), (found.Delimiter, (bool?)found.Header));
    }

    [Fact]
    public async Task A_second_header_and_a_second_table_are_refused_as_without_memory()
    {
        await Assert.ThrowsAsync<DatasetException>(() => FindAsync("id,name,qty\nno,text,pcs\n1,a,2\n2,b,3\n3,c,4\n", Commas));
        await Assert.ThrowsAsync<DatasetException>(() => FindAsync("id,name,qty\n1,a,2\n2,b,3\nid,name,qty\n1,a,2\n", Commas));
    }
}
