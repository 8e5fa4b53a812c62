using System.Text;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey;

/// <summary>One plain file for each kind of doubt; the generators of the fuzz project make the others.</summary>
public sealed class DoubtTests : IDisposable
{
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("no,part,qty\n#11,Nut,5\n#12,Nail,7\n#13,Pi", "has 2 fields of 3 and no line end")]
    [InlineData("no,part,qty\n#11,Nut,5\n#12,Nail,7\n#13,Pi\n", "line 4 has 2 fields")]
    [InlineData("Count,Count,Count\nname,city,kind\nBob,Paris,x\nAnn,Rome,y\n", "second header line")]
    [InlineData("id,name,id\n", "names the columns or is a row")]
    [InlineData("Bob,Paris,Kettle\n", "names the columns or is a row")]
    [InlineData("at,n,code,note\n2026-05-01,10:00,3,AB-1,\n2026-05-02,10:15,1,AB-2,\n", "a name is missing")]
    [InlineData("A,B,C\t2019 \t2020 \nX,Y,Z\t10 \t11 p\nX,Y,W\t: \t12 \n", "can be read with")]
    [InlineData("$id$,$name$\n$1$,$x$\n$2$,$y$\n", "'$' around the fields")]
    [InlineData("id,n\n1,5\n2,\u200B7\n3,8\n", "invisible character (U+200B) in the value '7'")]
    [InlineData("id,n\n1,5\n\u001A2,7\n", "U+001A")]
    [InlineData("product,v\nCup,5\nPot,7\nTotal,12\n", "looks like a total")]
    [InlineData("id,v,w\n1,5,2\n2,7,3\n,12,5\n", "looks like a footer or total")]
    public async Task What_a_person_would_have_to_ask_is_refused_with_what_to_write(string text, string message)
    {
        var file = _files.Write("data.csv", text);
        var refusal = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(refusal.Hint));
    }

    [Theory]
    [InlineData("data.csv", "id, city,n\n1, Bern,3\n2, Riga,6\n3,Rome,7\n", "id| city|n", "1| Bern|3", "2| Riga|6", "3|Rome|7")]
    [InlineData("data.tsv", "A,B,C\t2019\t2020\nX,Y,Z\t10\t11\nX,Y,W\t9\t12\n", "A,B,C|2019|2020")]
    [InlineData("data.csv", "id,rating\n1,***\n2,*\n3,****\n", "id|rating", "1|***", "2|*", "3|****")]
    [InlineData("data.csv", "id,n\r\n1,5\r\n2,7\r\n\u001A", "id|n", "1|5", "2|7")]
    [InlineData("data.csv", "id,n\n1,5\n2,7\n\uFEFF3,9\n", "id|n", "1|5", "2|7", "3|9")]
    [InlineData("data.csv", "id,\u200Bname\n1,a\n2,b\n", "id|name", "1|a", "2|b")]
    public async Task What_a_person_is_sure_of_is_loaded(string name, string text, string header, params string[] rows)
    {
        var file = _files.Write(name, text);
        var dialect = rows.Length == 0 ? new DialectSpec { Header = true } : null;
        var survey = await SurveyFiles.SurveyAsync(file, dialect);
        Assert.Equal(header.Split('|'), survey.Columns.Select(column => column.Name));
        if (rows.Length > 0)
        {
            Assert.Equal(rows, SurveyFiles.Read(survey, [file]).Rows.Select(row => string.Join('|', row)));
            Assert.Equal(rows, SurveyFiles.Read(survey, [file], chunks: true).Rows.Select(row => string.Join('|', row)));
        }
    }

    [Fact]
    public async Task A_row_that_lacks_a_field_in_its_middle_is_not_padded()
    {
        var file = _files.Write("data.csv", "id,qty,name,price\n1,3,Cup,5\n2,4,Pot,6\n7,2Cup,5\n8,1,Pan\n9,2,Jug,4\n");
        var survey = await SurveyFiles.SurveyAsync(file, rejectsMax: 1, ragged: RaggedRows.Pad);
        Assert.Equal(TypeKind.BigInt, survey.Columns[1].Type.Kind);
        var (rows, rejects) = SurveyFiles.Read(survey, [file]);
        Assert.Equal(["1|3|Cup|5", "2|4|Pot|6", "8|1|Pan|", "9|2|Jug|4"], rows.Select(row => string.Join('|', row)));
        Assert.Equal(4, Assert.Single(rejects).Line);
    }

    [Fact]
    public async Task Two_encodings_that_make_sense_are_shown_with_a_word_as_each_reads_it()
    {
        var file = _files.Write("data.csv", CodePagesEncodingProvider.Instance.GetEncoding(1254)!.GetBytes("id,name\n1,Yıldız\n2,Kılıç\n"));
        var refusal = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file));
        Assert.Contains("in windows-1254", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(refusal.Choices, choice => choice.Set.Encoding == "windows-1254");
        var survey = await SurveyFiles.SurveyAsync(file, refusal.Choices.Single(choice => choice.Label == "windows-1254").Set);
        Assert.Equal(["Yıldız", "Kılıç"], SurveyFiles.Read(survey, [file]).Rows.Select(row => row[1]));
    }

    [Fact]
    public async Task Letters_of_another_encoding_far_behind_the_beginning_are_seen()
    {
        var central = CodePagesEncodingProvider.Instance.GetEncoding(1250)!;
        var text = "id,name\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i},Zürich\n")) + "500,Łukasz Dvořák\n";
        var file = _files.Write("data.csv", central.GetBytes(text));
        await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(file, options: new() { SampleBytes = 1000, BufferBytes = 256 }));
    }
}
