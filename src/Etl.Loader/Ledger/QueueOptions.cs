namespace Etl.Loader.Ledger;

/// <summary>Where the queue database is: ledger and Hangfire's tables, together so that one transaction reaches both.</summary>
internal sealed class QueueOptions
{
    /// <summary>The configuration key, for messages.</summary>
    public const string Key = "ConnectionStrings:Queue";

    /// <summary>Npgsql connection string. What it does not say is set as the queue needs it (see <see cref="QueueDatabase"/>).</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>True: the process creates or updates the schema at its start. False: it only checks, and ends where <c>etl-loader migrate</c> is due.</summary>
    public bool MigrateAtStart { get; set; }
}
