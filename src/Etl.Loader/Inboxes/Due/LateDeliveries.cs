using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Due;

/// <summary>
/// What is late, by the rules with <c>due</c>. Asked by each open page and each scrape, and answered from memory for a few seconds. A delivery that
/// was refused or failed is not late: it came, and its failure is reported as such.
/// </summary>
internal sealed class LateDeliveries(InboxCatalog catalog, ITableQueries queries, TimeProvider time) : ILateDeliveries, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>What lies before the last two due moments hardly ever changes, and finding that there is nothing may mean reading all loads.</summary>
    private static readonly TimeSpan HistoryFresh = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(string Inbox, int Rule), (LastDelivery? Last, DateTimeOffset At)> _history = [];
    private volatile Answer? _answer;

    public async Task<IReadOnlyList<LateDelivery>> ListAsync(CancellationToken token)
    {
        if (_answer is { } known && IsFresh(known))
        {
            return known.Late;
        }

        await _turn.WaitAsync(token);
        try
        {
            if (_answer is { } answer && IsFresh(answer))
            {
                return answer.Late;
            }

            var now = time.GetUtcNow();
            var late = await ReadAsync(now, token);
            _answer = new Answer(late, now);
            return late;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private bool IsFresh(Answer answer) => time.GetUtcNow() - answer.At is { Ticks: >= 0 } age && age < Fresh;

    private async Task<IReadOnlyList<LateDelivery>> ReadAsync(DateTimeOffset now, CancellationToken token)
    {
        var expected = catalog.All.SelectMany(inbox => Expected(inbox, now)).ToList();
        if (expected.Count == 0)
        {
            return [];
        }

        var recent = await queries.RecentDeliveriesAsync([.. expected.Select(e => e.Window)], token);
        var late = new List<LateDelivery>();
        foreach (var (e, found) in expected.Zip(recent))
        {
            if (Lateness.IsLate(e.Window.Before, e.Due, found.Last?.AcceptedAt, found.EarlierCame))
            {
                var last = found.Last ?? await HistoryAsync(e, now, token);
                late.Add(new LateDelivery(e.Window.Source.Inbox, e.Match, last?.Table.Target, last?.Table.FullName, e.Due, last?.AcceptedAt));
            }
        }

        return late;
    }

    private static IEnumerable<Expectance> Expected(Inbox inbox, DateTimeOffset now)
    {
        for (var i = 0; i < inbox.Rules.Count; i++)
        {
            var rule = inbox.Rules[i];
            if (rule.Due is not { } due)
            {
                continue;
            }

            var (moment, before) = DueMoments.Last(due, now);
            var since = DueMoments.Last(due, before).Before;
            var source = new DeliverySource(inbox.Name, Expression(rule.Match), [.. inbox.Rules.Take(i).Select(r => Expression(r.Match))]);
            yield return new Expectance(i, rule.Match, moment, new DeliveryWindow(source, since, before));
        }
    }

    private async Task<LastDelivery?> HistoryAsync(Expectance e, DateTimeOffset now, CancellationToken token)
    {
        var key = (e.Window.Source.Inbox, e.Rule);
        if (!_history.TryGetValue(key, out var known) || now - known.At > HistoryFresh)
        {
            known = (await queries.LastDeliveryAsync(e.Window.Source, token), now);
            _history[key] = known;
        }

        return known.Last;
    }

    /// <summary>The rule's pattern as a regular expression that PostgreSQL reads as <see cref="Glob"/> reads the pattern.</summary>
    internal static string Expression(string match)
    {
        var text = new System.Text.StringBuilder(match.Contains('/', StringComparison.Ordinal) ? "^" : "(^|/)");
        foreach (var c in match)
        {
            text.Append(c switch
            {
                '*' => "[^/]*",
                '?' => "[^/]",
                _ when char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' || c > '\x7f' => c.ToString(),
                _ => $@"\{c}",
            });
        }

        return text.Append('$').ToString();
    }

    private sealed record Answer(IReadOnlyList<LateDelivery> Late, DateTimeOffset At);

    private sealed record Expectance(int Rule, string Match, DateTimeOffset Due, DeliveryWindow Window);
}
