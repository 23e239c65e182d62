// mongo-java-server on a file of H2, for tests. What a server acknowledges here is in the file, as BSON (its own way, Java's
// serialization, takes ten times as long); it lets in only the user weir with the password secret, by SCRAM-SHA-256 (RFC 5802, RFC 7677); and with "changes" it has change streams, as a replica set does.
//
//     java -cp 'LIB/*' Host.java PORT FILE [changes]      prints "ready" when it answers
import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.backend.h2.H2UniqueIndex;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

public class Host {
    static final int ROUNDS = 4096;
    static final Set<String> WRITES = Set.of("insert", "update", "delete", "create", "createindexes", "drop", "dropindexes", "findandmodify");

    static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    // What one connection has said so far.
    static class Login {
        final String salt = Base64.getEncoder().encodeToString("salt of this test, 28 bytes.".getBytes(StandardCharsets.UTF_8));
        String first, second, nonce;
        boolean user, in;

        byte[] begin(byte[] payload) {
            first = new String(payload, StandardCharsets.UTF_8).substring(3); // behind "n,,"
            user = first.startsWith("n=weir,");
            byte[] random = new byte[18];
            new SecureRandom().nextBytes(random);
            nonce = first.substring(first.indexOf("r=") + 2) + HexFormat.of().formatHex(random);
            second = "r=" + nonce + ",s=" + salt + ",i=" + ROUNDS;
            return second.getBytes(StandardCharsets.UTF_8);
        }

        // What proves that we know the password too; null: the other one does not.
        byte[] end(byte[] payload) throws Exception {
            String third = new String(payload, StandardCharsets.UTF_8), bare = third.substring(0, third.indexOf(",p="));
            byte[] proof = Base64.getDecoder().decode(third.substring(third.indexOf(",p=") + 3));
            var spec = new PBEKeySpec("secret".toCharArray(), Base64.getDecoder().decode(salt), ROUNDS, 256);
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
            byte[] client = hmac(salted, "Client Key"), stored = MessageDigest.getInstance("SHA-256").digest(client);
            String all = first + "," + second + "," + bare;
            byte[] signature = hmac(stored, all);
            for (int i = 0; i < client.length; i++) client[i] ^= signature[i];
            in = user && bare.endsWith("r=" + nonce) && MessageDigest.isEqual(client, proof);
            return in ? ("v=" + Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key"), all))).getBytes(StandardCharsets.UTF_8) : null;
        }
    }

    // Keys and documents as BSON.
    static class Bson<T> extends BasicDataType<T> {
        byte[] bytes(Object o) {
            Document d = o instanceof KeyValue k ? new Document("k", k.stream().map(v -> v instanceof Missing ? new Document() : v).toList())
                : o instanceof Missing ? new Document() : new Document("v", o);
            ByteBuf buffer = Unpooled.buffer(256);
            BsonEncoder.encodeDocument(d, buffer);
            byte[] all = new byte[buffer.readableBytes()];
            buffer.readBytes(all);
            return all;
        }

        @Override
        public int compare(T a, T b) {
            return Arrays.compare(bytes(a), bytes(b));
        }

        @Override
        public int getMemory(T o) {
            return 400;
        }

        @Override
        public void write(WriteBuffer to, T o) {
            to.put(bytes(o));
        }

        @Override
        @SuppressWarnings("unchecked")
        public T read(ByteBuffer from) {
            byte[] all = new byte[from.order(ByteOrder.LITTLE_ENDIAN).getInt(from.position())];
            from.order(ByteOrder.BIG_ENDIAN).get(all);
            Document d = BsonDecoder.decodeBson(Unpooled.wrappedBuffer(all));
            Object o = d.containsKey("k") ? new KeyValue((Collection<?>) d.get("k")) : d.isEmpty() ? Missing.getInstance() : d.get("v");
            return (T) o;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T[] createStorage(int n) {
            return (T[]) new Object[n];
        }
    }

    static class Database extends H2Database {
        Database(String name, CursorRegistry cursors) {
            super(name, opening, cursors);
        }

        <K, V> MVMap<K, V> map(String of) {
            return opening.openMap(of, new MVMap.Builder<K, V>().keyType(new Bson<K>()).valueType(new Bson<V>()));
        }

        @Override
        protected Index<Object> openOrCreateUniqueIndex(String collection, String index, List<IndexKey> keys, boolean sparse) {
            try {
                var made = H2UniqueIndex.class.getDeclaredConstructor(MVMap.class, String.class, List.class, boolean.class);
                made.setAccessible(true);
                return made.newInstance(map(getDatabaseName() + "." + collection + "._index_" + index), index, keys, sparse);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected MongoCollection<Object> openOrCreateCollection(String collection, CollectionOptions options) {
            String full = getDatabaseName() + "." + collection;
            MVMap<String, Object> meta = opening.openMap("meta." + full);
            return new H2Collection(this, collection, options, map("databases." + full), meta, cursorRegistry);
        }
    }

    static MVStore opening; // collections are opened before a constructor could keep it

    static class Backend extends H2Backend {
        final Map<Channel, Login> logins = new ConcurrentHashMap<>();

        Backend() {
            super(opening);
        }

        @Override
        protected MongoDatabase openOrCreateDatabase(String name) {
            return new Database(name, getCursorRegistry());
        }

        Document answer(byte[] payload, boolean done) {
            return new Document("conversationId", 1).append("done", done).append("payload", new BinData(payload)).append("ok", 1.0);
        }

        Document logIn(Channel channel, String command, Document query) {
            try {
                byte[] payload = ((BinData) query.get("payload")).getData();
                if (command.equalsIgnoreCase("saslStart")) logins.put(channel, new Login());
                Login login = logins.get(channel);
                if (command.equalsIgnoreCase("saslStart")) return answer(login.begin(payload), false);
                if (login.in) return answer(new byte[0], true);
                byte[] last = login.end(payload);
                if (last != null) return answer(last, true);
            } catch (Exception e) {
                System.err.println(e);
            }
            throw new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
        }

        @Override
        public Document handleCommand(Channel channel, String database, String command, Document query) {
            if (command.equalsIgnoreCase("saslStart") || command.equalsIgnoreCase("saslContinue")) return logIn(channel, command, query);
            if (command.equalsIgnoreCase("ismaster") || command.equalsIgnoreCase("hello"))
                return super.handleCommand(channel, database, "ismaster", query).append("saslSupportedMechs", List.of("SCRAM-SHA-256"));
            Login login = logins.get(channel);
            if (login == null || !login.in) throw new MongoServerError(13, "Unauthorized", "command " + command + " requires authentication");
            Document reply = super.handleCommand(channel, database, command, query);
            if (WRITES.contains(command.toLowerCase())) commit();
            return reply;
        }

        @Override
        public void handleClose(Channel channel) {
            logins.remove(channel);
            super.handleClose(channel);
        }
    }

    public static void main(String[] args) throws Exception {
        opening = MVStore.open(args[1]);
        Backend backend = new Backend();
        MongoServer server = new MongoServer(backend);
        if (args.length > 2 && args[2].equals("changes")) server.enableOplog();
        server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        System.out.println("ready");
        Thread.currentThread().join();
    }
}
