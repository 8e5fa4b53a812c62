using System.Globalization;
using Etl.Loader.App.Composition;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>Finds the faults of <c>Loader:Http:MaxConnections</c>, on its own and against what the system allows.</summary>
internal static class ConnectionsCheck
{
    public static IEnumerable<ConfigurationFault> FindFaults(IConfigurationSection http, long? limit)
    {
        if (http["MaxConnections"] is not { } text)
        {
            yield break;
        }

        var most = limit is { } files ? Math.Max(OpenFiles.LeastConnections, files - OpenFiles.Reserved) : int.MaxValue;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var connections) || connections < OpenFiles.LeastConnections || connections > most)
        {
            var why = limit is not { } open ? "" : $" (this process may open {Amounts.Counted(open, "file")} at once and needs {OpenFiles.Reserved} of them for itself)";
            yield return new(OpenFiles.ConnectionsKey, $"is '{text}'; expected {OpenFiles.LeastConnections} to {most}{why}");
        }
    }
}
