using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Etl.Loader.Survey.Parquet;

/// <summary>
/// Compares the pages of a file with the checksums that it has of them: DuckDB does not look at these, and reads other values where a bit was turned.
/// Files without them cost one page's head for each column of a row group.
/// </summary>
internal static class ParquetChecksums
{
    /// <summary>Most heads have some tens of bytes; those with statistics of long texts have more.</summary>
    private const int SmallHead = 4 * 1024;
    private const int LargestHead = 16 * 1024 * 1024;
    private const int LargestFooter = 512 * 1024 * 1024;

    /// <summary>Throws <see cref="DatasetException"/> for a page that is not what its checksum says. What cannot be walked is left to the reader of the file.</summary>
    public static void Verify(Stream file, string name, CancellationToken token)
    {
        foreach (var column in Columns(file))
        {
            try
            {
                Verify(file, name, column, token);
            }
            catch (InvalidDataException)
            {
                // Offsets and sizes that some old writers got wrong: the values are found all the same, by other means than ours.
            }
        }
    }

    private static void Verify(Stream file, string name, ColumnPages column, CancellationToken token)
    {
        var end = Math.Min(column.Start + column.Length, file.Length);
        for (var at = column.Start > 0 ? column.Start : end; at < end;)
        {
            token.ThrowIfCancellationRequested();
            var page = ReadHead(file, at, end);
            if (page.Crc is not { } expected)
            {
                // Anyone who writes checksums writes one for each page.
                return;
            }

            if (at + page.HeadBytes + page.Bytes > end)
            {
                throw new InvalidDataException("A page ends past its column.");
            }

            var found = Crc(file, at + page.HeadBytes, page.Bytes);
            if (found != expected)
            {
                throw new DatasetException(
                    $"{name}: a page of the column {column.Name} at byte {at} was damaged: its checksum is {found:x8}, the file says {expected:x8}.",
                    "Copy or write the file again, and deliver it.",
                    name,
                    column: column.Name);
            }

            at += page.HeadBytes + page.Bytes;
        }
    }

    private static uint Crc(Stream file, long at, int bytes)
    {
        file.Position = at;
        var crc = new Crc32();
        var buffer = new byte[Math.Min(bytes, 1024 * 1024)];
        for (var left = bytes; left > 0;)
        {
            var part = buffer.AsSpan(0, Math.Min(left, buffer.Length));
            file.ReadExactly(part);
            crc.Append(part);
            left -= part.Length;
        }

        return crc.GetCurrentHashAsUInt32();
    }

    private static PageHead ReadHead(Stream file, long at, long end)
    {
        for (var size = SmallHead; ; size *= 16)
        {
            var head = new byte[(int)Math.Min(size, end - at)];
            file.Position = at;
            file.ReadExactly(head);
            try
            {
                return PageHead.Read(head);
            }
            catch (InvalidDataException) when (size < LargestHead && size < end - at)
            {
                // It may continue behind what was read of it.
            }
        }
    }

    /// <summary>Where the pages of each column of each row group lie; none where the file is not Parquet or encrypted.</summary>
    private static List<ColumnPages> Columns(Stream file)
    {
        var found = new List<ColumnPages>();
        Span<byte> tail = stackalloc byte[8];
        if (file.Length < 12)
        {
            return found;
        }

        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length > LargestFooter || length > file.Length - 12)
        {
            return found;
        }

        var footer = new byte[length];
        file.Position = file.Length - tail.Length - length;
        file.ReadExactly(footer);
        try
        {
            var reader = new ThriftReader(footer);
            for (var id = 0; reader.Next(ref id, out var type);)
            {
                if (id == 4)
                {
                    ReadRowGroups(ref reader, found);
                }
                else
                {
                    reader.Skip(type);
                }
            }
        }
        catch (InvalidDataException)
        {
            found.Clear();
        }

        return found;
    }

    private static void ReadRowGroups(ref ThriftReader reader, List<ColumnPages> found)
    {
        for (var groups = reader.Elements(out _); groups > 0; groups--)
        {
            for (var id = 0; reader.Next(ref id, out var type);)
            {
                if (id != 1)
                {
                    reader.Skip(type);
                    continue;
                }

                for (var columns = reader.Elements(out _); columns > 0; columns--)
                {
                    for (var field = 0; reader.Next(ref field, out var kind);)
                    {
                        if (field == 3)
                        {
                            found.Add(ColumnPages.Read(ref reader));
                        }
                        else
                        {
                            reader.Skip(kind);
                        }
                    }
                }
            }
        }
    }

    private readonly record struct ColumnPages(string Name, long Start, long Length)
    {
        public static ColumnPages Read(ref ThriftReader reader)
        {
            long data = 0, dictionary = 0, length = 0;
            var path = new List<string>();
            for (var id = 0; reader.Next(ref id, out var type);)
            {
                switch (id)
                {
                    case 3:
                        for (var parts = reader.Elements(out _); parts > 0; parts--)
                        {
                            path.Add(Encoding.UTF8.GetString(reader.Text()));
                        }

                        break;
                    case 7:
                        length = reader.Number();
                        break;
                    case 9:
                        data = reader.Number();
                        break;
                    case 11:
                        dictionary = reader.Number();
                        break;
                    default:
                        reader.Skip(type);
                        break;
                }
            }

            return new(string.Join('.', path), dictionary > 0 ? Math.Min(dictionary, data) : data, length);
        }
    }

    private readonly record struct PageHead(int HeadBytes, int Bytes, uint? Crc)
    {
        public static PageHead Read(ReadOnlySpan<byte> head)
        {
            var reader = new ThriftReader(head);
            var bytes = -1L;
            uint? crc = null;
            for (var id = 0; reader.Next(ref id, out var type);)
            {
                switch (id)
                {
                    case 3:
                        bytes = reader.Number();
                        break;
                    case 4:
                        crc = unchecked((uint)reader.Number());
                        break;
                    default:
                        reader.Skip(type);
                        break;
                }
            }

            return bytes is >= 0 and <= int.MaxValue ? new(reader.Position, (int)bytes, crc) : throw new InvalidDataException("A page has no size.");
        }
    }
}
