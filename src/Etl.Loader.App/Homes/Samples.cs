using System.Text.Json.Nodes;
using Etl.Loader.App.Delivery;

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

    public static async Task DropAsync(HomeLayout home, CancellationToken token)
    {
        foreach (var (inbox, file) in Deliveries)
        {
            await DatasetDelivery.DeliverAsync(Path.Combine(Directory, file), home.Inbox(inbox), file, new JsonObject(), null, token);
        }
    }
}
