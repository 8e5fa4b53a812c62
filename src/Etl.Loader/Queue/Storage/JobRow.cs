using System.Globalization;
using Etl.Loader.Queue.Jobs;
using Hangfire.Common;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>What the database says of a row that Hangfire would read as a job: the load that it runs, or why it runs none.</summary>
internal sealed record JobRow(string Id, string? Refusal, Guid? Load, string? Queue, string? State, DateTime CreatedAt)
{
    /// <summary>Of <c>fetched_job</c> and <c>find_job</c> in <c>worker.sql</c>; null where there is no row.</summary>
    public static JobRow? Read(NpgsqlDataReader row)
    {
        if (!row.Read())
        {
            return null;
        }

        var id = row.GetInt64(0).ToString(CultureInfo.InvariantCulture);
        if (!row.GetBoolean(1))
        {
            return new JobRow(id, "there is no job of this id", null, null, null, default);
        }

        var state = row.IsDBNull(5) ? null : row.GetString(5);
        var refusal = row.IsDBNull(2) ? null : row.GetString(2);
        if (string.IsNullOrEmpty(state))
        {
            // Hangfire would wait for one.
            refusal ??= "it has no state";
        }

        return refusal is null
            ? new JobRow(id, null, row.GetGuid(3), row.GetString(4), state, row.GetDateTime(6))
            : new JobRow(id, refusal, null, null, state, row.GetDateTime(6));
    }

    /// <summary>As Hangfire has it. Its description of the job is made here, by this version's own types.</summary>
    public JobData ToData()
    {
        var data = new JobData { State = State, CreatedAt = CreatedAt };
        if (Refusal is { } refusal)
        {
            data.LoadException = new JobLoadException($"Job {Id} is not run: {refusal}.", null);
        }
        else
        {
            data.Job = LoadJobs.Describe(new LoadId(Load!.Value), Queue!);
        }

        return data;
    }
}
