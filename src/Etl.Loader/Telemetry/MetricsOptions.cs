namespace Etl.Loader.Telemetry;

/// <summary>What the operator wrote under <c>Loader:Telemetry:Metrics</c>: how Prometheus reads.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "Loader:Telemetry:Metrics";

    /// <summary>Whether <c>/metrics</c> is served. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>TCP port that serves <c>/metrics</c> and nothing else, without login, 1 … 65535; null: only the port of the dashboard does.</summary>
    public int? Port { get; set; }

    /// <summary>IP address to listen on with <see cref="Port"/>. Default 127.0.0.1.</summary>
    public string Address { get; set; } = "127.0.0.1";
}
