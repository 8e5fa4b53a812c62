using System.Net.Sockets;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Npgsql;

namespace Etl.Loader.Tests.Targets.PostgreSql;

public class PostgreSqlFaultsTests
{
    private static PostgresException Postgres(string state) => new("message", "ERROR", "ERROR", state);

    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown, "Outage")]
    [InlineData(PostgresErrorCodes.CrashShutdown, "Outage")]
    [InlineData(PostgresErrorCodes.CannotConnectNow, "Outage")]
    [InlineData(PostgresErrorCodes.DiskFull, "Outage")]
    [InlineData(PostgresErrorCodes.TooManyConnections, "Outage")]
    [InlineData(PostgresErrorCodes.OutOfMemory, "Outage")]
    [InlineData(PostgresErrorCodes.ConnectionFailure, "Outage")]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction, "Outage")]
    [InlineData(PostgresErrorCodes.InvalidPassword, "Outage")]
    [InlineData(PostgresErrorCodes.InvalidCatalogName, "Outage")]
    [InlineData(PostgresErrorCodes.IoError, "Outage")]
    [InlineData(PostgresErrorCodes.SerializationFailure, "Transient")]
    [InlineData(PostgresErrorCodes.DeadlockDetected, "Transient")]
    [InlineData(PostgresErrorCodes.LockNotAvailable, "Transient")]
    [InlineData(PostgresErrorCodes.QueryCanceled, "Transient")]
    [InlineData(PostgresErrorCodes.ObjectInUse, "Transient")]
    [InlineData(PostgresErrorCodes.NumericValueOutOfRange, "Data")]
    [InlineData(PostgresErrorCodes.UniqueViolation, "Data")]
    [InlineData(PostgresErrorCodes.NotNullViolation, "Data")]
    [InlineData(PostgresErrorCodes.CheckViolation, "Data")]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "Data")]
    [InlineData(PostgresErrorCodes.ProgramLimitExceeded, "Data")]
    [InlineData(PostgresErrorCodes.TooManyColumns, "Data")]
    [InlineData(PostgresErrorCodes.DependentObjectsStillExist, "Data")]
    [InlineData(PostgresErrorCodes.InternalError, "Unknown")]
    [InlineData("ZZ999", "Unknown")]
    public void A_sqlstate_says_what_the_fault_means(string state, string kind)
    {
        var fault = PostgreSqlFaults.Classify(Postgres(state));
        Assert.Equal(Enum.Parse<FaultKind>(kind), fault.Kind);
        Assert.Contains(state, fault.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERROR", "Unknown")]
    [InlineData("FATAL", "Outage")]
    [InlineData("PANIC", "Outage")]
    public void An_internal_error_that_ends_the_session_is_an_outage(string severity, string kind)
    {
        // A backend that finds no space for its caches says FATAL, XX000, "could not write init file", before it takes a statement.
        var fault = PostgreSqlFaults.Classify(new PostgresException("could not write init file", severity, severity, PostgresErrorCodes.InternalError));
        Assert.Equal(Enum.Parse<FaultKind>(kind), fault.Kind);
    }

    public static TheoryData<Exception, string> Others() => new()
    {
        { new NpgsqlException("broken", new IOException("reset")), "Outage" },
        { new NpgsqlException("no route", new SocketException(111)), "Outage" },
        { new NpgsqlException("slow", new TimeoutException()), "Outage" },
        { new IOException("gone"), "Outage" },
        { new TimeoutException("late"), "Outage" },
        { new DatasetException("bad row"), "Data" },
        { new LoaderException("bad name"), "Data" },
        { new FencedException("warehouse", 1, 2), "Fenced" },
        { new PublishWaitException("readers", "wait"), "Busy" },
        { new InvalidOperationException("ours"), "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_faults_are_told_apart_by_their_type(Exception exception, string kind) =>
        Assert.Equal(Enum.Parse<FaultKind>(kind), PostgreSqlFaults.Classify(exception).Kind);
}
