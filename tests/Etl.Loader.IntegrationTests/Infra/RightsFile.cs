using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>
/// <c>rights.txt</c> beside this file: what each role can do with each table of ours. Anyone who adds a table or a column, or changes a grant, reads the
/// difference and writes it down there.
/// </summary>
internal static class RightsFile
{
    private static readonly string[] Roles = ["etl_watcher", "etl_lanes", "etl_operator", "etl_viewer"];

    public static async Task VerifyAsync(RolesStand stand, CancellationToken token)
    {
        var found = new List<string>();
        foreach (var database in new[] { "queue", "warehouse" })
        {
            found.Add($"# {database}");
            foreach (var role in Roles)
            {
                // The watcher and the operator have no business in a target; they cannot even connect there.
                if (await stand.CanConnectAsync(database, role))
                {
                    found.AddRange(await RightsMatrix.TakeAsync(stand.Superuser(database), stand.ConnectionString(database, role), role, token));
                }
            }
        }

        var written = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "tests/Etl.Loader.IntegrationTests/Infra/rights.txt"), token)).Where(l => l.Length > 0).ToList();
        var more = found.Except(written, StringComparer.Ordinal).ToList();
        var less = written.Except(found, StringComparer.Ordinal).ToList();
        Assert.True(more.Count + less.Count == 0, $"can do, and it is not written down:\n{string.Join('\n', more)}\nwritten down, and it cannot:\n{string.Join('\n', less)}");
    }
}
