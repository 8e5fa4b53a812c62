using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Fuzz.Generation.Kinds;
using Etl.Loader.Fuzz.Verdict;
using Etl.Loader.Tests.Survey;

namespace Etl.Loader.Tests.Fuzz;

/// <summary>Some hundred files of each kind of doubt: the rows that were meant, or a refusal where no one could be sure.</summary>
public sealed class DoubtfulKindsTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 26;

    private readonly string _directory = Directory.CreateTempSubdirectory("etl-loader-kinds-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> Kinds() => [.. DoubtfulKinds.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_file_of_a_kind_is_read_as_it_was_meant_or_refused(string kind)
    {
        var trial = new Trial(_directory);
        var (wrong, refusals, right) = (new List<string>(), new Dictionary<string, int>(), 0);
        for (var number = 0L; number < SurveyFiles.Iterations(200); number++)
        {
            var made = DoubtfulKinds.All[kind](Dice.Of(Seed, number));
            var outcome = await trial.RunAsync(made.Render(), TestContext.Current.CancellationToken);
            if (outcome.Ending == Ending.Wrong)
            {
                var text = System.Text.Encoding.UTF8.GetString(made.Bytes);
                wrong.Add($"{number}: {outcome.What.Split('\n')[0]}\n{text[..Math.Min(200, text.Length)]}…{text[^Math.Min(60, text.Length)..]}");
            }
            else if (outcome.Ending == Ending.Refused)
            {
                refusals[outcome.What] = refusals.GetValueOrDefault(outcome.What) + 1;
            }
            else
            {
                right++;
            }
        }

        output.WriteLine($"{right} right, {refusals.Values.Sum()} refused, of them\n{string.Join('\n', refusals.Keys.Take(5))}");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of seed {Seed} are wrong, {right} right:\n{string.Join('\n', wrong.Take(6))}");
    }
}
