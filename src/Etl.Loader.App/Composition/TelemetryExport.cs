using System.Reflection;
using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Etl.Loader.App.Composition;

/// <summary>Who gets the product's metrics and traces. What no one gets is not made.</summary>
internal static class TelemetryExport
{
    public const string Grpc = "grpc";
    public const string Http = "http/protobuf";

    public static IServiceCollection AddLoaderTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var metrics = configuration.GetSection(MetricsOptions.Section).Get<MetricsOptions>() ?? new MetricsOptions();
        var otlp = configuration.GetSection(OtlpOptions.Section).Get<OtlpOptions>() ?? new OtlpOptions();
        var sends = otlp.Endpoint.Length > 0;
        if (!metrics.Enabled && !sends)
        {
            return services;
        }

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("etl-loader", serviceVersion: Version, serviceInstanceId: QueueDatabase.Holder));
        telemetry.WithMetrics(meters =>
        {
            meters.AddMeter(LoaderMeter.Name);
            if (metrics.Enabled)
            {
                meters.AddPrometheusExporter();
            }

            if (sends)
            {
                meters.AddOtlpExporter(exporter => Direct(exporter, otlp, "v1/metrics"));
            }
        });
        if (sends)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(LoaderMeter.Name)
                .AddNpgsql()
                .SetSampler(new ParentBasedSampler(new OfLoads()))
                .AddOtlpExporter(exporter => Direct(exporter, otlp, "v1/traces")));
        }

        return services;
    }

    private static string Version { get; } =
        typeof(LoaderMeter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>A trace begins with a load: the statements by which processes wait for one are not traces of their own.</summary>
    private sealed class OfLoads : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
            samplingParameters.Name is LoaderTraces.AcceptName or LoaderTraces.AttemptName ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }

    private static void Direct(OtlpExporterOptions exporter, OtlpOptions otlp, string path)
    {
        var http = otlp.Protocol == Http;
        exporter.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = http ? new Uri(otlp.Endpoint.TrimEnd('/') + "/" + path) : new Uri(otlp.Endpoint);
    }
}
