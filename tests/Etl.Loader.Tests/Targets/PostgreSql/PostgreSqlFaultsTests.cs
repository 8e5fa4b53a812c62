using Etl.Loader.Faults;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Npgsql;
using PostgreSqlFaults = Etl.Loader.Targets.PostgreSql.Faults;

namespace Etl.Loader.Tests.Targets.PostgreSql;

/// <summary>What a target adds to the tables of faults: its own exceptions, and its name.</summary>
public class PostgreSqlFaultsTests
{
    public static TheoryData<Exception, string> Others() => new()
    {
        { new DatasetException("bad row"), "Data" },
        { new LoaderException("bad name"), "Data" },
        { new FencedException("warehouse", 1, 2), "Fenced" },
        { new PublishWaitException("readers", "wait"), "Busy" },
        { new TimeoutException("late"), "Outage" },
        { new IOException("of no code"), "Unknown" },
        { new InvalidOperationException("ours"), "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Exceptions_of_ours_and_of_the_framework_are_distinguished_by_their_type(Exception exception, string kind) =>
        Assert.Equal(Enum.Parse<FaultKind>(kind), PostgreSqlFaults.Classify("warehouse", exception).Kind);

    [Fact]
    public void An_outage_names_the_target_and_a_fault_of_the_data_is_in_the_servers_words()
    {
        var missing = PostgreSqlFaults.Classify("warehouse", new PostgresException("database \"warehouse\" does not exist", "FATAL", "FATAL", PostgresErrorCodes.InvalidCatalogName));
        Assert.Equal("target warehouse: database \"warehouse\" does not exist [SQLSTATE 3D000]", missing.Reason);
        Assert.Contains("Create the database", missing.Hint, StringComparison.Ordinal);
        Assert.Equal(
            "duplicate key [SQLSTATE 23505]",
            PostgreSqlFaults.Classify("warehouse", new PostgresException("duplicate key", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation)).Reason);
        Assert.True(PostgreSqlFaults.Classify("warehouse", new PostgresException("full", "ERROR", "ERROR", PostgresErrorCodes.DiskFull)).Full);
    }
}
