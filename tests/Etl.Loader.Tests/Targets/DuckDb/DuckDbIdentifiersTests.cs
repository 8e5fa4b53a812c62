using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.DuckDb.Files;
using DuckDbIdentifiers = Etl.Loader.Targets.DuckDb.Identifiers;

namespace Etl.Loader.Tests.Targets.DuckDb;

public class DuckDbIdentifiersTests
{
    [Fact]
    public void Quotes_inside_names_and_texts_are_doubled()
    {
        Assert.Equal("\"a\"\"b\".\"c'd\"", DuckDbIdentifiers.Quote(new TableName("a\"b", "c'd")));
        Assert.Equal("'it''s \"x\"\n'", DuckDbIdentifiers.Literal("it's \"x\"\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_DuckDB_would_cut_is_not_a_name(string name) => Assert.Throws<ArgumentException>(() => DuckDbIdentifiers.Quote(name));
}
