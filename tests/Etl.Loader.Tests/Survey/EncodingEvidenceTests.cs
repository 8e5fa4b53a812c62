using System.Text;
using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Tests.Survey;

public class EncodingEvidenceTests
{
    [Fact]
    public void A_damaged_byte_does_not_turn_UTF8_into_windows_1252()
    {
        byte[] text = [.. "id,name\n1,Zoë\n2,Müller\n3,"u8, 0xFF, .. "\n"u8];
        Assert.Equal("utf-8", EncodingEvidence.Of(text, whole: true).Name);
    }

    [Fact]
    public void Bytes_that_speak_for_both_encodings_are_refused()
    {
        byte[] text = [.. "id,name\n1,Zoë\n2,M"u8, 0xFC, .. "ller\n"u8];
        Assert.Null(EncodingEvidence.Of(text, whole: true).Name);
    }

    [Fact]
    public void Letters_of_windows_1252_one_by_one_are_still_known()
    {
        var western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        Assert.Equal("windows-1252", EncodingEvidence.Of(western.GetBytes("id,name\n1,Zoë\n2,crème brûlée\n3,50 €\n"), whole: true).Name);
    }

    [Fact]
    public async Task The_damaged_line_of_a_UTF8_file_is_rejected_and_the_others_keep_their_letters()
    {
        using var files = new SurveyFiles();
        var file = files.Write("data.csv", [.. "id,name\n1,Zoë\n2,Müller\n3,"u8, 0xFF, .. "\n4,Noël\n"u8]);
        var survey = await SurveyFiles.SurveyAsync(file, rejectsMax: 1);
        var (rows, rejects) = SurveyFiles.Read(survey, [file]);
        Assert.Equal(["Zoë", "Müller", "Noël"], rows.Select(row => row[1]));
        Assert.Equal(4, Assert.Single(rejects).Line);
    }
}
