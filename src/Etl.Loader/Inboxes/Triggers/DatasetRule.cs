namespace Etl.Loader.Inboxes.Triggers;

/// <summary>What the operator says of datasets whose producers can only create an empty trigger.</summary>
/// <param name="Match">Pattern of the dataset's file name, or of its path inside the inbox when it has a '/'.</param>
/// <param name="Due">When a delivery is expected each day; null: whenever.</param>
/// <param name="Shrink">Largest fraction of its rows, 0 to 1, that the table may lose by a replace; null: any.</param>
internal sealed record DatasetRule(string Match, Manifest Settings, DueTime? Due, decimal? Shrink)
{
    public bool Matches(string dataset)
    {
        // A name that looks like a pattern is still that name.
        var name = Match.Contains('/', StringComparison.Ordinal) ? dataset : dataset[(dataset.LastIndexOf('/') + 1)..];
        return Match == name || Glob.Matches(Match, name);
    }
}

/// <summary>A time of the day in a zone: "06:00 Europe/Zurich"; UTC where no zone is named.</summary>
internal sealed record DueTime(TimeOnly At, TimeZoneInfo Zone);
