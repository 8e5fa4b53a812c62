namespace Etl.Loader.Queue.Actions;

/// <summary>
/// Who presses the buttons of Hangfire's own pages, which do not pass it to their filters. Set for the length of a request; it flows with the request
/// and ends with it.
/// </summary>
internal static class CurrentActor
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>Null outside a request.</summary>
    public static string? Name
    {
        get => Current.Value;
        set => Current.Value = value;
    }
}
