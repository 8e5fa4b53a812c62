using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Loads;

public class ReceiptDetailsTests
{
    private static readonly DataFile File = new("a.csv", 10, DateTimeOffset.UnixEpoch);

    private static readonly LoadSpec Spec = new() { Inbox = "in", Dataset = "a.csv", Target = "t", TableName = "a", Files = [File] };

    private static readonly DatasetSurvey Survey = new()
    {
        Format = DataFormat.Delimited,
        Files =
        [
            new FileSurvey
            {
                Path = "a.csv",
                Bytes = 10,
                Rows = 2,
                Sha256 = "ab",
                Chunks = [new Chunk(0, 10, 0, 2, 1, "ab")],
                Dialect = new Dialect
                {
                    Delimiter = ",", Quote = '"', Escape = '"', Encoding = "utf-8", Header = true, Skip = 0, Nulls = [""], Decimal = '.', Compression = "none",
                },
            },
        ],
        Columns = [new SurveyedColumn("a", new ColumnType(TypeKind.Numeric, 5, 2), 1, 6, new TypeExclusion(TypeKind.BigInt, 2, "1.50"))],
        Rows = 2,
        Bytes = 10,
        Sha256 = "ab",
        Notes = ["a note"],
    };

    [Fact]
    public void A_kept_survey_comes_back_as_it_was()
    {
        var recalled = ReceiptDetails.Recall(ReceiptDetails.Keep(Survey), Spec);

        Assert.Equal(ReceiptDetails.Keep(Survey), ReceiptDetails.Keep(recalled!));
        Assert.Equal(Survey.Columns[0], recalled!.Columns[0]);
        Assert.Equal(Survey.Files[0].Chunks[0], recalled.Files[0].Chunks[0]);
        Assert.Equal('"', recalled.Files[0].Dialect!.Quote);
    }

    [Fact]
    public void A_dialect_without_quotes_is_reported_without_a_character_that_databases_refuse()
    {
        var file = Survey.Files[0] with { Dialect = Survey.Files[0].Dialect! with { Quote = '\0', Escape = '\0' } };
        var reported = ReceiptDetails.Describe(Survey with { Files = [file] }, [], tableRows: 2);

        Assert.DoesNotContain("u0000", reported, StringComparison.Ordinal);
        Assert.Contains("\"delimiter\":\",\"", reported, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kept_survey_of_other_files_is_not_used()
    {
        var kept = ReceiptDetails.Keep(Survey);

        Assert.Null(ReceiptDetails.Recall(kept, Spec with { Files = [File with { Bytes = 11 }] }));
        Assert.Null(ReceiptDetails.Recall(kept, Spec with { Files = [File, File with { Path = "b.csv" }] }));
        Assert.Null(ReceiptDetails.Recall(null, Spec));
    }
}
