namespace Etl.Loader.Telemetry;

/// <summary>What the operator wrote under <c>Loader:Telemetry:Otlp</c>: where traces and metrics are sent to.</summary>
internal sealed class OtlpOptions
{
    public const string Section = "Loader:Telemetry:Otlp";

    /// <summary>Base address of a collector, such as http://collector:4317; empty: nothing is sent, and no span is made. Default empty.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary><c>grpc</c> or <c>http/protobuf</c>. Default grpc.</summary>
    public string Protocol { get; set; } = "grpc";
}
