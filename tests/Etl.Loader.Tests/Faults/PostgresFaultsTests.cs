using System.Net.Sockets;
using Etl.Loader.Faults;
using Npgsql;

namespace Etl.Loader.Tests.Faults;

/// <summary>Each row of the tables for PostgreSQL, and each way in which the driver's connection breaks.</summary>
public class PostgresFaultsTests
{
    public static TheoryData<string, string> States => new()
    {
        { "57P01", "Outage" }, { "57P02", "Outage" }, { "57P03", "Outage" }, { "57P04", "Outage" }, { "25006", "Outage" },
        { "53100", "Outage" }, { "53200", "Outage" }, { "53300", "Outage" }, { "53400", "Outage" },
        { "28P01", "Outage" }, { "28000", "Outage" }, { "3D000", "Outage" }, { "58030", "Outage" },
        { "40001", "Transient" }, { "40P01", "Transient" }, { "55P03", "Transient" }, { "55006", "Transient" }, { "57014", "Transient" },
        { "42501", "Data" }, { "42P01", "Unknown" },
    };

    public static TheoryData<string, string> Classes => new()
    {
        { "08", "Outage" }, { "53", "Outage" }, { "57", "Outage" }, { "58", "Outage" },
        { "40", "Transient" }, { "55", "Transient" },
        { "0A", "Data" }, { "21", "Data" }, { "22", "Data" }, { "23", "Data" }, { "2B", "Data" }, { "38", "Data" }, { "39", "Data" }, { "3F", "Data" },
        { "42", "Data" }, { "44", "Data" }, { "54", "Data" }, { "P0", "Data" },
    };

    public static TheoryData<Exception, string, string> Broken => new()
    {
        { new NpgsqlException("Failed to connect to 127.0.0.1:5432", new SocketException((int)SocketError.ConnectionRefused)), "Outage", "Failed to connect to 127.0.0.1:5432 (connection refused)" },
        { new NpgsqlException("Exception while writing to stream", new IOException("Unable to write", new SocketException((int)SocketError.Shutdown))), "Outage", "connection lost (broken pipe)" },
        { new NpgsqlException("Exception while reading from stream", new IOException("Unable to read", new SocketException((int)SocketError.ConnectionReset))), "Outage", "connection lost (reset by peer)" },
        { new NpgsqlException("Exception while reading from stream", new EndOfStreamException()), "Outage", "connection lost (closed by the server)" },
        { new NpgsqlException("Exception while reading from stream", new TimeoutException()), "Outage", "Exception while reading from stream" },
        { new NpgsqlException("Exception while reading from stream", new IOException("Received an unexpected EOF")), "Outage", "connection lost (Received an unexpected EOF)" },
        { new NpgsqlException("Exception while reading from stream", new ObjectDisposedException("NetworkStream")), "Outage", "connection lost" },
        { new SocketException((int)SocketError.HostNotFound), "Outage", "host name not found" },
        { new TimeoutException("late"), "Outage", "late" },
        { new NpgsqlException("wrapped", new PostgresException("no", "ERROR", "ERROR", "42501")), "Data", "no [SQLSTATE 42501]" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void A_sqlstate_says_what_the_fault_means(string state, string kind)
    {
        var read = PostgresFaults.Read(Postgres(state))!;
        Assert.Equal((Enum.Parse<FaultKind>(kind), true, $"message [SQLSTATE {state}]"), (read.Kind, read.Answered, read.Words));
        Assert.Equal(state == PostgresErrorCodes.DiskFull, read.Full);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void A_class_decides_for_states_without_a_row(string prefix, string kind) =>
        Assert.Equal(Enum.Parse<FaultKind>(kind), PostgresFaults.Read(Postgres(prefix + "ZZZ"))!.Kind);

    [Fact]
    public void Every_row_is_tested()
    {
        Assert.Equal(PostgresFaults.States.Keys.Order(StringComparer.Ordinal), States.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
        Assert.Equal(PostgresFaults.Classes.Keys.Order(StringComparer.Ordinal), Classes.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("XX000")]
    [InlineData("ZZ999")]
    [InlineData("")]
    public void A_state_in_no_table_is_unknown_and_no_outage(string state) => Assert.Equal(FaultKind.Unknown, PostgresFaults.Read(Postgres(state))!.Kind);

    /// <remarks>ALLOW_CONNECTIONS false is 55000; a full disk opens no session with XX000; a missing right to connect is 42501.</remarks>
    [Theory]
    [InlineData("55000", "ERROR", "Transient")]
    [InlineData("55000", "FATAL", "Outage")]
    [InlineData("42501", "ERROR", "Data")]
    [InlineData("42501", "FATAL", "Outage")]
    [InlineData("XX000", "ERROR", "Unknown")]
    [InlineData("XX000", "FATAL", "Outage")]
    [InlineData("XX000", "PANIC", "Outage")]
    public void A_server_that_refuses_or_ends_the_session_is_an_outage_whatever_the_state(string state, string severity, string kind) =>
        Assert.Equal(Enum.Parse<FaultKind>(kind), PostgresFaults.Read(new PostgresException("message", severity, severity, state))!.Kind);

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_connection_is_read_by_the_innermost_code_in_it(Exception exception, string kind, string words)
    {
        var read = PostgresFaults.Read(exception)!;
        Assert.Equal(Enum.Parse<FaultKind>(kind), read.Kind);
        Assert.StartsWith(words, read.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void What_neither_the_server_nor_the_connection_threw_is_not_read_here()
    {
        Assert.Null(PostgresFaults.Read(new NpgsqlException("No password has been provided")));
        Assert.Null(PostgresFaults.Read(new IOException("a file's")));
        Assert.Null(PostgresFaults.Read(new InvalidOperationException("ours")));
    }

    [Fact]
    public void The_sentence_says_whether_anything_answered()
    {
        Assert.Equal(
            "target warehouse does not answer: connection lost (closed by the server)",
            PostgresFaults.Read(new NpgsqlException("Exception", new EndOfStreamException()))!.Of("target warehouse"));
        Assert.Equal("the queue database: message [SQLSTATE 42501]", PostgresFaults.Read(Postgres("42501"))!.Of("the queue database"));
    }

    private static PostgresException Postgres(string state) => new("message", "ERROR", "ERROR", state);
}
