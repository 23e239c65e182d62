// ActiveMQ Artemis on loopback: Host FOLDER PORT. AMQP on PORT, STOMP on the next, its own protocol on the one after that, AMQP
// and STOMP under TLS on the two behind it, and both for those alone who show a certificate on the two behind that. It knows the user reader, with the password secret, and anybody without a name.
// It says "heard NAME" whenever somebody begins to receive from an address.
import java.util.Set;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerPlugin;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;

public class Host {
	static class Users implements ActiveMQSecurityManager {
		public boolean validateUser(String user, String password) {
			return user == null || (user.equals("reader") && password.equals("secret"));
		}
		public boolean validateUserAndRole(String user, String password, Set<Role> roles, CheckType type) {
			return validateUser(user, password);
		}
	}

	public static void main(String[] a) throws Exception {
		int port = Integer.parseInt(a[1]);
		String data = a[0] + "/data", at = "tcp://127.0.0.1:";
		String amqp = "?protocols=AMQP;saslMechanisms=PLAIN,ANONYMOUS;anycastPrefix=queue://;multicastPrefix=topic://";
		String stomp = "?protocols=STOMP;anycastPrefix=/queue/;multicastPrefix=/topic/";
		String tls = ";sslEnabled=true;keyStoreType=PKCS12;keyStorePassword=password;keyStorePath=" + a[0] + "/keys.p12";
		String shown = tls + ";needClientAuth=true;trustStoreType=PKCS12;trustStorePassword=password;trustStorePath=" + a[0] + "/trust.p12";
		ConfigurationImpl c = new ConfigurationImpl();
		c.setSecurityEnabled(true).setPersistenceEnabled(true).setJournalType(JournalType.NIO)
			.setJournalDirectory(data + "/journal").setBindingsDirectory(data + "/bindings")
			.setLargeMessagesDirectory(data + "/large").setPagingDirectory(data + "/paging")
			.setJournalFileSize(1 << 20).setJournalMinFiles(2).setJournalPoolFiles(2)
			.setGlobalMaxSize(64 << 20).setMaxDiskUsage(-1).setJMXManagementEnabled(false);
		c.addAcceptorConfiguration("amqp", at + port + amqp);
		c.addAcceptorConfiguration("stomp", at + (port + 1) + stomp);
		c.addAcceptorConfiguration("core", at + (port + 2) + "?protocols=CORE");
		c.addAcceptorConfiguration("amqps", at + (port + 3) + amqp + tls);
		c.addAcceptorConfiguration("stomps", at + (port + 4) + stomp + tls);
		c.addAcceptorConfiguration("shown amqps", at + (port + 5) + amqp + shown);
		c.addAcceptorConfiguration("shown stomps", at + (port + 6) + stomp + shown);
		c.addAddressSetting("#", new AddressSettings().setDeadLetterAddress(SimpleString.of("DLQ"))
			.setAutoCreateQueues(true).setAutoCreateAddresses(true)
			.setAutoDeleteQueues(false).setAutoDeleteAddresses(false));
		c.registerBrokerPlugin(new ActiveMQServerPlugin() {
			@Override public void afterCreateConsumer(ServerConsumer consumer) {
				System.out.println("heard " + consumer.getQueueAddress());
			}
		});
		EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
		broker.setConfiguration(c);
		broker.setSecurityManager(new Users());
		broker.start();
		System.out.println("ready");
		Thread.currentThread().join();
	}
}
