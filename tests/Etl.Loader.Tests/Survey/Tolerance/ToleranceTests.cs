using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>Without a word from the producer: the right table or none. A load that ends well with a wrong table must not happen.</summary>
public sealed class ToleranceTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 7;

    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Fact]
    public async Task No_polluted_file_ends_as_a_wrong_table()
    {
        var report = new ToleranceReport();
        var wrong = new List<string>();
        foreach (var file in Pollutions.All(Seed, all: false))
        {
            var verdict = await _loading.JudgeAsync(file);
            report.Add(file.Kind, verdict.Outcome);
            if (verdict.Outcome == Outcome.Wrong)
            {
                wrong.Add($"{file.Kind}, {file.Name}: {verdict.Detail}");
            }
            else if (verdict.Fault is { } fault)
            {
                Assert.False(string.IsNullOrEmpty(fault.Hint), $"{file.Kind}, {file.Name}: {verdict.Detail}");
            }
        }

        output.WriteLine($"seed {Seed}\n{report}");
        Assert.Empty(wrong);
        Assert.True(report.Total(Outcome.Right) >= 850, $"Only {report.Total(Outcome.Right)} files are right.");
    }

    [Fact]
    public async Task With_rejects_allowed_only_rows_of_the_table_are_loaded()
    {
        var report = new ToleranceReport();
        var wrong = new List<string>();
        foreach (var file in Pollutions.All(Seed, all: false).Where(file => file.Others is not null))
        {
            var verdict = await _loading.JudgeAsync(file, new() { Files = [], RejectsMax = long.MaxValue });
            report.Add(file.Kind, verdict.Outcome);
            if (verdict.Outcome == Outcome.Wrong)
            {
                wrong.Add($"{file.Kind}, {file.Name}: {verdict.Detail}");
            }
        }

        output.WriteLine($"seed {Seed}\n{report}");
        Assert.Empty(wrong);
        Assert.True(report.Total(Outcome.Right) > report.Total(Outcome.Refused));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_case_is_the_right_table_at_once_or_with_the_line_that_is_proposed(string name)
    {
        var file = ToleranceCase.All.Single(tried => tried.Name == name);
        var (refusal, rows) = await _loading.TryAsync(file, null);
        if (refusal is null)
        {
            Assert.Equal(file.Rows, rows);
        }
        else if (file.Rows.Length > 0)
        {
            Assert.True(await IsReachedAsync(file, new() { Files = [] }, _loading.Hint, 3), $"{refusal} | {_loading.Hint}");
        }
    }

    [Fact]
    public async Task The_page_shows_of_each_case_what_happens()
    {
        var lines = new List<string>();
        foreach (var file in ToleranceCase.All)
        {
            var (refusal, _) = await _loading.TryAsync(file, null);
            var (what, hint) = refusal is null ? ("loaded", _loading.Notes) : (refusal.Replace("data.csv: ", "", StringComparison.Ordinal), _loading.Hint);
            lines.Add($"| {file.Name} | {what} | {hint} |".Replace("'|'", "'\\|'", StringComparison.Ordinal));
        }

        var page = Docs.Repository.Page("docs/tolerance.md");
        var missing = lines.Where(line => !page.Contains(line, StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, $"docs/tolerance.md lacks:\n{string.Join('\n', missing)}");
    }

    /// <summary>
    /// DuckDB beside it; prints the tables. In a long run (ETL_LOADER_FUZZ=1) every row and column is damaged in turn; otherwise only each twentieth file is
    /// read, which shows that it can be done: what is promised of all of them is held above.
    /// </summary>
    [Fact]
    public async Task The_corpus_beside_its_peer()
    {
        using var peer = new DuckDbPeer();
        var (ours, theirs) = (new ToleranceReport(), new ToleranceReport());
        var whole = SurveyFiles.Iterations(0) > 0;
        foreach (var file in Pollutions.All(Seed, all: whole).Where((_, number) => whole || number % 20 == 0))
        {
            ours.Add(file.Kind, (await _loading.JudgeAsync(file)).Outcome);
            theirs.Add(file.Kind, peer.Judge(file, _loading.PathOf(file)).Outcome);
        }

        output.WriteLine($"seed {Seed}, Etl.Loader\n{ours}\nDuckDB read_csv\n{theirs}");
        Assert.Equal(0, ours.Total(Outcome.Wrong));
    }

    public static TheoryData<string> Cases() => [.. ToleranceCase.All.Select(tried => tried.Name)];

    /// <summary>A proposed line, or what is proposed after it, leads to the table that is meant.</summary>
    private async Task<bool> IsReachedAsync(ToleranceCase file, SurveyRequest before, string? hint, int steps)
    {
        foreach (var line in ProposedLine.In(hint, before))
        {
            var (refusal, rows) = await _loading.TryAsync(file, line);
            if (refusal is null ? rows == file.Rows : steps > 1 && await IsReachedAsync(file, line, _loading.Hint, steps - 1))
            {
                return true;
            }
        }

        return false;
    }
}
