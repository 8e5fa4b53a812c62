using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.App.Homes;

/// <summary>The data that a new home starts with, delivered as a producer delivers.</summary>
internal static class Samples
{
    private static readonly (string Inbox, string File)[] Deliveries =
    [
        (HomeDefaults.Warehouse, "airports.csv"),
        (HomeDefaults.Warehouse, "seattle-weather.csv"),
        (HomeDefaults.Warehouse, "unemployment.tsv"),
        (HomeDefaults.Warehouse, "zipcodes.csv"),
        (HomeDefaults.Lake, "zipcodes.csv"),
        (HomeDefaults.Lake, "flights-3m.parquet"),
    ];

    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>Into the home's own inboxes only: where the configuration leads an inbox elsewhere, other people's data lies.</summary>
    public static async Task DropAsync(HomeLayout home, InboxCatalog inboxes, Delivery delivery, CancellationToken token)
    {
        foreach (var (inbox, file) in Deliveries.Where(d => inboxes.Get(d.Inbox).Root == home.Inbox(d.Inbox)))
        {
            await delivery.DeliverAsync(Path.Combine(Directory, file), inbox, null, Manifest.Empty, null, token);
        }
    }
}
