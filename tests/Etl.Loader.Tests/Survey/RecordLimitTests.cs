using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>Which records are too long is a matter of the records, not of where buffers end.</summary>
public class RecordLimitTests
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public async Task A_record_as_long_as_the_limit_is_taken_and_a_longer_one_is_rejected_wherever_buffers_end(string lineEnd)
    {
        using var files = new SurveyFiles();
        string[] lines = ["a,b", new string('x', 37) + ",1", new string('y', 38) + ",2", new string('z', 36) + ",3", new string('w', 300) + ",4", "v,5", "u,6", "t,7", "s,8", "r,9", "q,10", "p,11", "o,12"];
        var file = files.Write("data.csv", string.Join(lineEnd, lines) + lineEnd);
        for (var buffer = 1; buffer < 120; buffer++)
        {
            var options = new ScanOptions { BufferBytes = buffer, MaxRecordBytes = 39, ChunkBytes = 1 };
            var survey = await SurveyFiles.SurveyAsync(file, options: options, rejectsMax: 10);
            foreach (var chunks in new[] { false, true })
            {
                var (rows, rejects) = SurveyFiles.Read(survey, [file], options, chunks);
                Assert.Equal(["1", "3", "5", "6", "7", "8", "9", "10", "11", "12"], rows.Select(row => row[1]));
                Assert.Equal([3, 5], rejects.Select(reject => reject.Line));
            }
        }
    }
}
