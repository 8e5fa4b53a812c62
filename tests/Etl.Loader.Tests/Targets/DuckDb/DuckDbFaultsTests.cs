using DuckDB.NET.Native;
using Etl.Loader.Faults;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using DuckDbErrors = Etl.Loader.Targets.DuckDb.ErrorCodes;
using DuckDbFaults = Etl.Loader.Targets.DuckDb.Faults;

namespace Etl.Loader.Tests.Targets.DuckDb;

public class DuckDbFaultsTests
{
    [Theory]
    [InlineData("Io", "Outage")]
    [InlineData("Permission", "Outage")]
    [InlineData("Connection", "Outage")]
    [InlineData("Transaction", "Transient")]
    [InlineData("OutOfMemory", "Transient")]
    [InlineData("Interrupt", "Transient")]
    [InlineData("Conversion", "Data")]
    [InlineData("Constraint", "Data")]
    [InlineData("InvalidInput", "Data")]
    [InlineData("OutOfRange", "Data")]
    [InlineData("MismatchType", "Data")]
    [InlineData("Internal", "Data")]
    [InlineData("Fatal", "Unknown")]
    [InlineData("Catalog", "Unknown")]
    [InlineData("Invalid", "Unknown")]
    public void DuckDBs_class_of_error_decides(string error, string kind)
    {
        var fault = DuckDbFaults.Classify("lake", new DuckDbStatementException(Enum.Parse<DuckDBErrorType>(error), "IO Error: something"));
        Assert.Equal(kind, fault.Kind.ToString());
        Assert.Equal("Target 'lake': IO Error: something", fault.Reason);
    }

    [Fact]
    public void Every_row_of_the_table_is_tested()
    {
        var tested = typeof(DuckDbFaultsTests).GetMethod(nameof(DuckDBs_class_of_error_decides))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>().Where(row => (string)row.Data[1]! != "Unknown").Select(row => (string)row.Data[0]!);
        Assert.Equal(DuckDbFaults.Table.Keys.Select(k => k.ToString()).Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Exceptions_of_ours_and_of_the_framework_have_their_kind()
    {
        Assert.Equal(FaultKind.Fenced, DuckDbFaults.Classify("lake", new FencedException("lake", 1, 2)).Kind);
        Assert.Equal(FaultKind.Outage, DuckDbFaults.Classify("lake", new DuckDbUnavailableException("held")).Kind);
        Assert.Equal(FaultKind.Data, DuckDbFaults.Classify("lake", new DatasetException("bad")).Kind);
        Assert.Equal(FaultKind.Outage, DuckDbFaults.Classify("lake", new UnauthorizedAccessException()).Kind);
        Assert.Equal(FaultKind.Outage, DuckDbFaults.Classify("lake", new IOException("No space left on device", 28)).Kind);
        Assert.True(DuckDbFaults.Classify("lake", new IOException("No space left on device", 28)).Full);
        Assert.Equal(FaultKind.Unknown, DuckDbFaults.Classify("lake", new IOException("of no code")).Kind);
        Assert.Equal(FaultKind.Unknown, DuckDbFaults.Classify("lake", new InvalidOperationException()).Kind);
    }

    /// <remarks>The others are what a commit says that ran out of memory.</remarks>
    [Theory]
    [InlineData("OutOfMemory", "Out of Memory Error: failed to allocate data of size 256.0 KiB (285.8 MiB/286.1 MiB used)")]
    [InlineData("Invalid", """{"exception_type":"TransactionContext","exception_message":"Failed to commit: failed to pin block of size 256.0 KiB"}""")]
    [InlineData("Transaction", "TransactionContext Error: Failed to commit: failed to pin block of size 256.0 KiB (285.8 MiB/286.1 MiB used)")]
    public void Memory_that_does_not_suffice_names_the_setting(string error, string message)
    {
        var fault = DuckDbFaults.Classify("lake", DuckDbErrors.Read(message, Enum.Parse<DuckDBErrorType>(error)));
        Assert.Equal(FaultKind.Transient, fault.Kind);
        Assert.Contains("Loader:Targets:lake:MemoryLimit", fault.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invalid", """{"exception_type":"IO","exception_message":"No files\nfound","position":"15"}""", "Io", "IO Error: No files\nfound")]
    [InlineData("Conversion", """{"exception_type":"Conversion","exception_message":"no"}""", "Conversion", "Conversion Error: no")]
    [InlineData("Invalid", "IO Error: said plainly", "Invalid", "IO Error: said plainly")]
    [InlineData("Invalid", """prefix {"exception_type":"Out of Memory","exception_message":"full"}""", "OutOfMemory", "Out of Memory Error: full")]
    [InlineData("Invalid", """{"exception_type": torn""", "Invalid", """{"exception_type": torn""")]
    public void Errors_reported_as_JSON_give_class_and_text(string code, string message, string error, string text)
    {
        var read = DuckDbErrors.Read(message, Enum.Parse<DuckDBErrorType>(code));
        Assert.Equal((error, text), (read.Error.ToString(), read.Message));
    }

    [Fact]
    public void People_are_spared_the_list_of_reader_options() =>
        Assert.Equal("CSV Error on Line: 1 no", DuckDbErrors.FirstLines("CSV Error on Line: 1\nno\n\nPossible solutions:\n* many"));
}
